/* Tables that grow: <… data-table="rows"> with [data-rows], a <template data-blank> whose names carry "__" for the row's
   number, buttons to add, remove and move up, and a place to paste rows copied out of a spreadsheet (tabs and line ends).
   With data-cells such rows can also be pasted into any cell; data-most is the most rows it may have. */
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

  /* A row bears its number in names, ids and places; two rows that change places change numbers, for that is the order
     in which they are saved. */
  function reindex(row, from, to) {
    const pattern = new RegExp(`(^|rows\\.|f-)${from}(?=\\.|-|$)`, "g");
    for (const one of [row, ...row.querySelectorAll("*")]) {
      for (const name of ["name", "id", "for", "value", "data-at", "data-errors", "aria-describedby"]) {
        if (!one.hasAttribute(name) || (name === "value" && one.tagName !== "BUTTON")) continue;
        one.setAttribute(name, one.getAttribute(name).replace(pattern, `$1${to}`));
      }
    }
  }

  function raise(row) {
    const above = row.previousElementSibling;
    if (!above?.matches("[data-row]")) return;
    const [low, high] = [row.dataset.at, above.dataset.at];
    above.before(row);
    reindex(row, low, "moving");
    reindex(above, high, low);
    reindex(row, "moving", high);
    renumber();
    touched();
  }

  function renumber() {
    const most = Number(table.dataset.most || 0), button = table.querySelector("[data-add-row]");
    if (most) button.disabled = body.querySelectorAll("[data-row]").length >= most;
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
    const lift = event.target.closest("[data-raise-row]");
    if (lift) {
      event.preventDefault();
      raise(lift.closest("[data-row]"));
      lift.focus();
    }
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

  renumber();

  /* A foreign partner has no credit code; one that was typed stays to be seen. */
  function atHome(row) {
    const country = row.querySelector("[data-country] input"), code = row.querySelector("[data-at-home]");
    if (code) code.hidden = !["", "中国", "CN"].includes(country.value.trim()) && !code.querySelector("input").value.trim();
  }
  body.querySelectorAll("[data-row]").forEach(atHome);
  table.addEventListener("input", (event) => {
    const row = event.target.closest("[data-country], [data-at-home]") && event.target.closest("[data-row]");
    if (row) atHome(row);
  });

  /* One leader: ticking one unticks the others. */
  table.addEventListener("change", (event) => {
    if (!event.target.name?.endsWith(".is_leader") || !event.target.checked) return;
    for (const box of body.querySelectorAll('[name$=".is_leader"]')) if (box !== event.target) box.checked = false;
  });

  if (!paste) return;
  const keys = paste.dataset.paste.split(","), source = paste.querySelector("[data-paste-text]");
  const found = paste.querySelector("[data-paste-found]"), opener = table.querySelector("[data-opens-paste]");
  const YES = {"是": "yes", "否": "no"};
  const HEAD = new Set([...table.querySelectorAll("thead th")].map((th) => th.firstChild?.textContent.trim()));
  const rowsOf = () => source.value.split(/\r?\n/).filter((line) => line.trim()).map((line) => line.split("\t").map((cell) => cell.trim()))
    .filter((cells) => !/^(序号|姓名|单位名称)$/.test(cells[0]) && !cells.every((cell) => HEAD.has(cell)));

  function put(one, value) {
    if (!one || value === undefined || value === "") return;
    if (one.tagName === "SELECT") {
      const choice = [...one.options].find((option) => option.text === value || option.value === (YES[value] || value));
      if (choice) one.value = choice.value;
    } else {
      one.value = value.replace(/^(\d{4})[./年](\d{1,2})[./月](\d{1,2})日?$/, (all, y, m, d) => `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`);
    }
  }

  /* Rows of a spreadsheet pasted into a cell fill the cells from there on, to the right and down. */
  if ("cells" in table.dataset) table.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") || "", place = event.target.closest("[name]");
    const lines = text.replace(/\r?\n$/, "").split(/\r?\n/).map((line) => line.split("\t").map((cell) => cell.trim()));
    const isRows = text.includes("\t") || (lines.length > 1 && place?.tagName !== "TEXTAREA");
    if (!isRows || !place?.name.startsWith("rows.")) return;
    event.preventDefault();
    if (lines[0].every((cell) => HEAD.has(cell))) lines.shift();
    const first = keys.indexOf(place.name.split(".").pop()), most = Number(table.dataset.most || 500);
    let row = place.closest("[data-row]"), left = 0;
    for (const cells of lines) {
      if (!row && body.querySelectorAll("[data-row]").length >= most) { left += 1; continue; }
      row ||= add();
      cells.forEach((value, index) => put(control(row, keys[first + index]), value));
      row = row.nextElementSibling;
    }
    if (left) document.dispatchEvent(new CustomEvent("house:toast", {detail: {text: `最多 ${most} 行，有 ${left} 行没有粘贴。`}}));
    touched();
  });

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
