/* Toasts leave after eight seconds, but not while the pointer is on them or the focus is inside.
   Other scripts show one with: document.dispatchEvent(new CustomEvent("house:toast", {detail: {text: "…"}})) */
"use strict";
(() => {
  const STAY = 8000, FADE = 300;

  function leave(toast) {
    toast.classList.add("leaving");
    setTimeout(() => toast.remove(), FADE);
  }

  function watch(toast) {
    let timer = 0;
    const start = () => { timer = setTimeout(() => leave(toast), STAY); };
    const stop = () => clearTimeout(timer);
    for (const event of ["pointerenter", "focusin"]) toast.addEventListener(event, stop);
    for (const event of ["pointerleave", "focusout"]) toast.addEventListener(event, () => { stop(); start(); });
    toast.querySelector("[data-close]")?.addEventListener("click", () => leave(toast));
    start();
  }

  function box() {
    let found = document.querySelector(".toasts");
    if (!found) {
      found = document.createElement("div");
      found.className = "toasts";
      found.setAttribute("role", "status");
      document.body.append(found);
    }
    return found;
  }

  document.querySelectorAll("[data-toast]").forEach(watch);
  document.addEventListener("house:toast", (event) => {
    const toast = document.createElement("div");
    toast.className = `toast ${event.detail.tone || ""}`.trim();
    const words = document.createElement("span");
    words.textContent = event.detail.text;
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.close = "";
    close.textContent = "关闭";
    toast.append(words, close);
    box().append(toast);
    watch(toast);
  });
})();
