/* The form check: shows the part of the chosen conclusion, says what stands in the way, puts what was found by eye into
   the letter as one reads it, and keeps what was typed in this tab until it is sent. The server decides all of it again. */
"use strict";
(() => {
  const form = document.querySelector("form[data-form-check]");
  if (!form || !form.querySelector("[data-send]")) return;
  const store = `form-check-${form.dataset.formCheck}`;
  const eyes = [...form.querySelectorAll("[data-eye]")];
  const answer = (row) => row.querySelector("input[type=radio]:checked")?.value || "";
  const outcome = () => form.querySelector("input[name=outcome]:checked")?.value || "";
  const line = (row) => `${row.dataset.place}：“${row.dataset.label}”不符合。${row.querySelector(".remark input").value.trim()}`;
  const computedBad = form.querySelectorAll(".check-list:not(.eye) .bad[id]").length;

  function keep() {
    const typed = [...new FormData(form)].filter(([name]) => !["csrfmiddlewaretoken", "key"].includes(name));
    try { sessionStorage.setItem(store, JSON.stringify(typed)); } catch { /* a full store only loses the convenience */ }
  }

  function restore() {
    if (form.querySelector(".error-list")) return; // the server has sent back what was typed
    const places = new Map();
    for (const [name, value] of JSON.parse(sessionStorage.getItem(store) || "[]")) {
      const place = places.get(name) || 0;
      places.set(name, place + 1);
      const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
      if (fields[0]?.type === "radio") fields.forEach((field) => { field.checked = field.value === value && !field.disabled; });
      else if (fields[place]) fields[place].value = value;
    }
  }

  function show() {
    for (const row of eyes) {
      row.classList.toggle("bad", answer(row) === "no");
      row.classList.toggle("open", !answer(row));
    }
    const open = eyes.filter((row) => !answer(row)).length, failed = eyes.filter((row) => answer(row) === "no");
    form.querySelector("[data-eye-count]").textContent =
      `${eyes.length} 项：已看 ${eyes.length - open} 项${failed.length ? `，${failed.length} 项不符合` : ""}`;
    const chosen = outcome();
    for (const part of form.querySelectorAll("[data-part]")) part.hidden = part.dataset.part !== chosen;
    const items = [...form.querySelectorAll("textarea[name=item]")].filter((field) => field.value.trim()).length + failed.length;
    form.querySelector("[data-from-eye]")?.replaceChildren(...failed.map((row) => {
      const item = document.createElement("li");
      item.textContent = line(row);
      return item;
    }));
    const count = form.querySelector("[data-letter-count]");
    if (count) count.textContent = `共 ${items} 项`;
    say(chosen, open, failed.length + computedBad, items);
  }

  function say(chosen, open, bad, items) {
    const button = form.querySelector("[data-send]");
    const words = {
      accept: open ? `还有 ${open} 项没有核对，不能受理` : bad ? `有 ${bad} 项不符合，不能受理` : "",
      supplement: open ? `还有 ${open} 项没有核对。补正只通知一次，须先核对完全部 ${eyes.length} 项` : items ? "" : "还没有写补正内容",
      reject: form.querySelector("input[name=ground]:checked") && form.elements.reason.value.trim() ? "" : "请选择情形并写明理由",
      "": open ? `还有 ${open} 项没有核对` : "请选择结论",
    }[chosen];
    const labels = { accept: `受理${button.dataset.then}`, supplement: `通知补正（${items} 项）`, reject: "不予受理", "": `办理${button.dataset.then}` };
    form.querySelector("[data-say] span").textContent = words || `可以办理：${labels[chosen].replace("，看下一份", "")}`;
    form.querySelector("[data-say]").classList.toggle("ready", !words && Boolean(chosen));
    button.textContent = labels[chosen];
    button.classList.toggle("danger", chosen === "reject");
    button.classList.toggle("primary", chosen !== "reject");
  }

  function grow(field) {
    const last = [...form.querySelectorAll("textarea[name=item]")].at(-1);
    if (field !== last || !field.value.trim()) return;
    const row = last.closest("li").cloneNode(true);
    row.querySelector("textarea").value = "";
    last.closest("ol").append(row);
  }

  restore();
  show();
  form.addEventListener("input", (event) => { if (event.target.name === "item") grow(event.target); show(); keep(); });
  form.addEventListener("submit", () => { try { sessionStorage.removeItem(store); } catch { /* nothing to forget */ } });
})();
