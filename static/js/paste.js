/* Rows copied out of a spreadsheet (tabs and line ends) into a table of tables.js: by the panel [data-paste], whose keys
   name the columns in their order, and with data-cells into any cell, from which they go on to the right and down. */
"use strict";
(() => {
  const table = document.querySelector("[data-table]"), paste = table?.querySelector("[data-paste]");
  if (!paste) return;
  const body = table.querySelector("[data-rows]"), {add, touched} = table.house, byCell = "cells" in table.dataset;
  const keys = paste.dataset.paste.split(","), source = paste.querySelector("[data-paste-text]");
  const found = paste.querySelector("[data-paste-found]"), opener = table.querySelector("[data-opens-paste]");
  const YES = {"是": "yes", "否": "no"};
  const HEAD = new Set([...table.querySelectorAll("thead th")].map((th) => th.firstChild?.textContent.trim()));
  const rowsOf = () => source.value.split(/\r?\n/).filter((line) => line.trim()).map((line) => line.split("\t").map((cell) => cell.trim()))
    .filter((cells) => !/^(序号|姓名|单位名称)$/.test(cells[0]) && !cells.every((cell) => HEAD.has(cell)));

  function control(row, key) {
    return row.querySelector(`[name$=".${key}"]`);
  }

  function isBlank(row) {
    return [...row.querySelectorAll("input, textarea, select")].every((one) => one.type === "checkbox"
      ? !one.checked : one.name.endsWith(".country") || !one.value.trim());
  }

  function put(one, value) {
    if (!one || value === undefined || value === "") return;
    if (one.tagName === "SELECT") {
      const choice = [...one.options].find((option) => option.text === value || option.value === (YES[value] || value));
      if (!choice && byCell) one.add(new Option(value, value)); // nothing pasted is lost; the server says what is wrong
      if (choice || byCell) one.value = choice ? choice.value : value;
    } else {
      one.value = value.replace(/^(\d{4})[./年](\d{1,2})[./月](\d{1,2})日?$/, (all, y, m, d) => `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`);
    }
  }

  /* Rows of a spreadsheet pasted into a cell fill the cells from there on, to the right and down. */
  if (byCell) table.addEventListener("paste", (event) => {
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
