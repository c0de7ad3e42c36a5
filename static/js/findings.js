/* After each save: puts the server's sentences beside their fields and the new rail, list and figures into their places.
   What is only missing is not told while one types, unless the page was opened from the check (data-checked). */
"use strict";
(() => {
  const form = document.querySelector("form[data-autosave]");
  const warn = document.querySelector("template[data-warn]").content.firstElementChild;

  function line(sentence) {
    const p = document.createElement("p"), words = document.createElement("span");
    p.className = "err";
    words.textContent = sentence;
    p.append(warn.cloneNode(true), words);
    return p;
  }

  function place(fragments) {
    for (const [name, html] of Object.entries(fragments)) {
      const spot = document.querySelector(`[data-fragment="${name}"]`);
      if (spot) spot.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    }
  }

  /* Rows in which nothing was typed are not saved; the numbers of the findings count the others. */
  function numbered() {
    const map = new Map();
    let number = 0;
    for (const row of document.querySelectorAll("[data-rows] > [data-row]")) {
      const typed = [...row.querySelectorAll("input, textarea, select")].some((control) => control.type === "checkbox"
        ? control.checked : !control.name.endsWith(".country") && control.value.trim());
      if (typed) map.set(String(number++), row.dataset.at ?? row.id.slice(2));
    }
    return map;
  }

  function show(errors) {
    const rows = numbered(), general = document.querySelector("[data-section-errors]"), by = {};
    for (const error of errors) {
      if (error.kind === "missing" && !("checked" in form.dataset)) continue;
      const [first, ...rest] = error.at.split(".");
      const at = rows.size && rows.has(first) ? [rows.get(first), ...rest].join(".") : error.at;
      (by[at] ??= []).push(error.sentence);
    }
    for (const spot of form.querySelectorAll("[data-errors]")) {
      const sentences = by[spot.dataset.errors] || [];
      delete by[spot.dataset.errors];
      spot.replaceChildren(...sentences.map(line));
      const control = document.getElementById(`f-${spot.dataset.errors}`);
      const tr = control?.matches("tr") ? control : control?.closest("tr");
      if (control?.matches("input, select, textarea")) {
        if (sentences.length) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
      } else if (tr?.dataset.place) {
        for (const half of [tr, tr.nextElementSibling]) half.classList.toggle("wrong", sentences.length > 0);
      }
    }
    general?.replaceChildren(...Object.values(by).flat().map(line));
  }

  function count() {
    for (const spot of document.querySelectorAll("[data-count]")) {
      const control = document.getElementById(spot.dataset.count), most = Number(control.dataset.most);
      const length = [...control.value.trim()].length;
      spot.textContent = `已写 ${length} 字，最多 ${most} 字`;
      spot.classList.toggle("over", length > most);
    }
  }

  document.addEventListener("house:saved", ({detail}) => {
    place(detail.fragments);
    if (form && detail.errors) show(detail.errors);
  });
  form?.addEventListener("input", count);
})();
