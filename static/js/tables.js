/* Tables that grow: <… data-table="rows"> with [data-rows], a <template data-blank> whose names carry "__" for the row's
   number, buttons to add and remove, and a place to paste rows copied out of a spreadsheet (tabs and line ends). */
"use strict";
(() => {
  const table = document.querySelector("[data-table]");
  if (!table) return;
  const body = table.querySelector("[data-rows]"), blank = table.querySelector("template[data-blank]");
  const form = table.closest("form"), paste = table.querySelector("[data-paste]");
  let next = body.querySelectorAll("[data-row]").length;

  const touched = () => form.dispatchEvent(new Event("house:changed"));

  function add() {
    const made = blank.content.cloneNode(true), number = String(next++), row = made.querySelector("[data-row]");
    for (const one of made.querySelectorAll("*")) {
      for (const attribute of one.attributes) attribute.value = attribute.value.replaceAll("__", number);
    }
    body.append(row);
    renumber();
    return row;
  }

  function renumber() {
    body.querySelectorAll("[data-number]").forEach((spot, index) => { spot.textContent = String(index + 1); });
  }

  function control(row, key) {
    return row.querySelector(`[name$=".${key}"]`);
  }

  function isBlank(row) {
    return [...row.querySelectorAll("input, textarea, select")].every((one) => one.type === "checkbox"
      ? !one.checked : one.name.endsWith(".country") || !one.value.trim());
  }

  table.addEventListener("click", (event) => {
    const remove = event.target.closest("[data-remove-row]"), more = event.target.closest("[data-add-row]");
    if (more) {
      event.preventDefault();
      add().querySelector("input")?.focus();
    } else if (remove) {
      event.preventDefault();
      const row = remove.closest("[data-row]"), beside = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      renumber();
      (beside?.querySelector("input") || table.querySelector("[data-add-row]")).focus();
      touched();
    }
  });

  /* One leader: ticking one unticks the others. */
  table.addEventListener("change", (event) => {
    if (!event.target.name?.endsWith(".is_leader") || !event.target.checked) return;
    for (const box of body.querySelectorAll('[name$=".is_leader"]')) if (box !== event.target) box.checked = false;
  });

  if (!paste) return;
  const keys = paste.dataset.paste.split(","), source = paste.querySelector("[data-paste-text]");
  const found = paste.querySelector("[data-paste-found]"), opener = table.querySelector("[data-opens-paste]");
  const rowsOf = () => source.value.split(/\r?\n/).filter((line) => line.trim()).map((line) => line.split("\t").map((cell) => cell.trim()))
    .filter((cells) => !/^(序号|姓名|单位名称)$/.test(cells[0]));

  function put(one, value) {
    if (!one || value === undefined || value === "") return;
    if (one.tagName === "SELECT") {
      const choice = [...one.options].find((option) => option.text === value || option.value === value);
      if (choice) one.value = choice.value;
    } else {
      one.value = value.replace(/^(\d{4})[./年](\d{1,2})[./月](\d{1,2})日?$/, (all, y, m, d) => `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`);
    }
  }

  opener.hidden = false;
  opener.addEventListener("click", () => {
    paste.hidden = !paste.hidden;
    if (!paste.hidden) source.focus();
  });
  source.addEventListener("input", () => {
    const rows = rowsOf();
    found.textContent = rows.length ? `识别到 ${rows.length} 行，${Math.max(...rows.map((cells) => cells.length))} 列` : "没有识别到内容";
  });
  paste.querySelector("[data-paste-close]").addEventListener("click", () => { paste.hidden = true; opener.focus(); });
  paste.querySelector("[data-paste-take]").addEventListener("click", () => {
    for (const cells of rowsOf()) {
      const empty = [...body.querySelectorAll("[data-row]")].find(isBlank) || add();
      keys.forEach((key, index) => put(control(empty, key), cells[index]));
    }
    source.value = "";
    paste.hidden = true;
    touched();
  });
})();
