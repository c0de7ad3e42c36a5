/* <form data-autosave="URL">: saves the section as JSON {data, base_version} soon after typing, shows what the server
   found, and after somebody else's save (409) both texts. Without this script the form posts as a whole. Other scripts
   say that something changed with: form.dispatchEvent(new Event("house:changed")) */
"use strict";
(() => {
  document.documentElement.classList.add("js");
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const WAIT = 900, RETRY = 5000, LONGEST_RETRY = 60000;
  const state = document.querySelector("[data-save-state]"), words = document.querySelector("[data-save-text]");
  const base = form.elements.base_version, token = form.elements.csrfmiddlewaretoken;
  let timer = 0, dirty = false, running = false, stopped = false, retry = RETRY;

  /* The names of inputs are dotted paths; the server shapes the nested objects. */
  function collect() {
    const data = {};
    for (const [name, value] of new FormData(form)) {
      if (name === "csrfmiddlewaretoken" || name === "base_version") continue;
      const path = name.split("."), last = path.pop();
      path.reduce((place, step) => (place[step] ??= {}), data)[last] = value;
    }
    return data;
  }

  function say(kind, text) {
    if (state) [state.dataset.state, words.textContent] = [kind, text];
  }

  function changed(wait = WAIT) {
    dirty = true;
    if (stopped) return;
    say("saving", "正在保存");
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  async function save() {
    clearTimeout(timer);
    if (running || stopped || !dirty) return;
    [running, dirty] = [true, false];
    let trouble = "没有保存，网络断开，正在重试";
    try {
      document.dispatchEvent(new Event("house:sending"));
      const text = JSON.stringify({data: collect(), base_version: Number(base.value)});
      const response = await fetch(form.dataset.autosave, {
        method: "POST", body: text, keepalive: document.visibilityState === "hidden" && text.length < 20000, // 64 KB
        headers: {"Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token.value},
      });
      trouble = "没有保存，服务器没有正常回答，正在重试";
      const body = await response.json();
      if (response.ok) saved(body);
      else refused(response.status, body);
    } catch {
      again(trouble);
    } finally {
      running = false;
      if (dirty && !stopped && retry === RETRY) changed();
    }
  }

  function again(text) {
    dirty = true;
    say("failed", text);
    timer = setTimeout(save, retry);
    retry = Math.min(retry * 2, LONGEST_RETRY);
  }

  function saved(body) {
    retry = RETRY;
    base.value = body.version;
    say("saved", `已自动保存 ${body.saved_at}`);
    document.dispatchEvent(new CustomEvent("house:saved", {detail: body}));
  }

  function refused(status, body) {
    if (status === 401) return again(body.sentence);
    dirty = stopped = true;
    if (!body.html) return say("failed", `没有保存：${body.sentence || "请刷新页面后重试"}`);
    say("conflict", "没有保存：两处修改，请选择保留哪一份");
    const place = document.querySelector("[data-conflict]");
    place.replaceChildren(...new DOMParser().parseFromString(body.html, "text/html").body.childNodes);
    place.firstElementChild.focus();
    const mine = place.querySelector("form");
    mine.addEventListener("submit", () => { mine.elements.data_json.value = JSON.stringify(collect()); dirty = false; });
    place.querySelector("a[data-take]").addEventListener("click", () => { dirty = false; });
  }

  form.addEventListener("input", (event) => { if (event.target.name) changed(); });
  form.addEventListener("change", (event) => { if (event.target.name) changed(150); });
  form.addEventListener("house:changed", () => changed(150));
  form.addEventListener("submit", (event) => {
    dirty = !event.submitter?.name; // a named button sends the whole form
    if (!dirty) return clearTimeout(timer);
    event.preventDefault();
    changed(0);
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  addEventListener("beforeunload", (event) => { if (dirty || running) event.preventDefault(); });
})();
