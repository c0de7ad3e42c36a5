/* Pickers of experts: the list follows what is typed and what else the form says (which applications are ticked), and
   pages turn in place. Without it the button 查找 sends the form and the page comes back with the list. */
"use strict";
for (const box of document.querySelectorAll("[data-picker]")) {
  const search = box.querySelector("input[type=search]");
  const list = box.querySelector("[data-picker-list]");
  const form = search.form;
  let asked = 0, timer = 0, waits = false;
  const filled = () => list.querySelector("table, [role=status]") !== null;
  const first = () => list.querySelector("input[name=expert]:enabled:not(:checked)") || list.querySelector("input:enabled");
  const say = (words) => { list.replaceChildren(Object.assign(document.createElement("p"), { className: "small s-bad", textContent: words })); };
  const ask = async (page = "1") => {
    clearTimeout(timer);
    waits = true;
    const mine = ++asked, body = new FormData(form);
    body.set("find", page);
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers: { "X-Requested-With": "picker" }, credentials: "same-origin" });
      if (mine !== asked) return;
      if (answer.redirected) return location.reload();
      if (answer.ok) list.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      else say("没有读到专家名单，请刷新页面后再试。");
    } catch {
      if (mine === asked) say("没有连上服务器，请稍后再查找。");
    }
    if (mine === asked) settle();
    box.dispatchEvent(new Event("picker:filled"));
  };
  const settle = () => { waits = false; list.removeAttribute("aria-busy"); };
  const soon = () => { clearTimeout(timer); waits = true; timer = setTimeout(ask, 250); };
  const enter = async () => { if (waits) await ask(); first()?.focus(); };
  search.addEventListener("input", soon);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") enter();
    else if (event.key === "Enter" && !event.isComposing) ask();
    else return;
    event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    const turn = event.target.closest("button[name=find]");
    if (!turn) return;
    event.preventDefault();
    ask(turn.value).then(() => { if (!turn.isConnected) first()?.focus(); });
  });
  // Who has chosen somebody meanwhile keeps the list in which they did.
  list.addEventListener("change", () => { if (waits) { clearTimeout(timer); asked++; settle(); } });
  document.addEventListener("change", (event) => {
    const one = event.target;
    if (one.form !== form || box.contains(one) || !filled()) return;
    if (["application", "place", "held_on"].includes(one.name)) soon();
  });
  const fold = box.closest("details");
  if (!filled() && fold && !fold.open) fold.addEventListener("toggle", () => { if (fold.open && !filled()) ask(); });
  else if (!filled()) ask();
}
