/* Saves the score sheet by itself. A save names the version it read; when another window was faster both contents stay
   and the person decides. Without a connection it tries again; nothing that was typed leaves the page. */
"use strict";
(() => {
  const sheet = document.querySelector("[data-score-sheet]");
  if (!sheet) return;
  const PAUSE = 800, AGAIN = 5000;
  const state = sheet.querySelector("[data-save-state]"), conflict = sheet.querySelector("[data-conflict]");
  const version = sheet.elements.base_version;
  let timer = 0, dirty = false, busy = false, theirs = null, leaving = "";

  function say(name, text) {
    [state.dataset.state, state.querySelector("[data-save-text]").textContent] = [name, text];
  }

  const { showError, showSummary, showDifferences } = window.scoreSheet;

  function showConflict({ sentence, details }) {
    theirs = details;
    conflict.querySelector("[data-conflict-text]").textContent = `${sentence}（${details.saved_at} 保存）`;
    showDifferences(sheet, conflict.querySelector("[data-differences]"), details);
    conflict.hidden = false;
    conflict.scrollIntoView({ block: "nearest" });
    say("conflict", "没有保存，请选择保留哪一份");
  }

  function showAnswer(ok, answer) {
    for (const place of sheet.querySelectorAll("[data-error]")) showError(place.id.slice(2), "");
    if (ok) {
      version.value = answer.version;
      showSummary(sheet, answer);
      if (dirty) say("saving", "正在保存"); // typed while the save was under way
      else say("saved", `已自动保存 ${answer.saved_at}`);
    } else if (answer.code === "sheet_changed") showConflict(answer);
    else if (answer.sentence) {
      const hasPlace = showError(answer.field, answer.sentence);
      say("failed", hasPlace ? "没有保存，请看提示" : `没有保存：${answer.sentence}`);
    } else say("failed", "没有保存，服务器没有正常回答。内容还在本页，请稍后再试");
  }

  function again(text) {
    dirty = true;
    say("failed", text);
    timer = setTimeout(save, AGAIN);
  }

  async function save() {
    timer = 0;
    if (busy || theirs) return;
    busy = true;
    dirty = false;
    say("saving", "正在保存");
    try {
      document.dispatchEvent(new Event("house:sending"));
      const headers = { Accept: "application/json" };
      const reply = await fetch(sheet.dataset.saveUrl, { method: "POST", body: new FormData(sheet), headers });
      const answer = reply.headers.get("Content-Type")?.includes("json") ? await reply.json() : {};
      if (reply.status === 401) again(answer.sentence);
      else showAnswer(reply.ok && "version" in answer, answer);
    } catch {
      again("没有保存，网络断开，正在重试");
    }
    busy = false;
    if (dirty && !timer) timer = setTimeout(save, PAUSE);
    else if (leaving && !dirty && state.dataset.state === "saved") location.assign(leaving);
    leaving = dirty ? leaving : "";
  }

  function saveNow() {
    clearTimeout(timer);
    timer = 0;
    save();
  }

  sheet.addEventListener("input", (event) => {
    const typed = event.target.name === "opinion" && event.target.value.trim();
    if (typed !== false) sheet.querySelector("#op-h [data-words]").textContent = typed.length;
    dirty = true;
    if (state.dataset.state === "saved") say("idle", "有改动，稍后自动保存");
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  sheet.addEventListener("house:save", saveNow);
  /* On to another sheet: what was typed is saved first; if it cannot be, the page stays and says why. */
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-to]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || !(dirty || busy)) return;
    event.preventDefault();
    leaving = link.href;
    if (!busy) saveNow();
  });
  conflict.querySelector("[data-keep-mine]").addEventListener("click", () => {
    version.value = theirs.version;
    theirs = null;
    conflict.hidden = true;
    save();
  });
  conflict.querySelector("[data-take-theirs]").addEventListener("click", () => { dirty = false; location.assign(location.href); });
  addEventListener("beforeunload", (event) => { if (dirty && !sheet.dataset.sent) event.preventDefault(); });
})();
