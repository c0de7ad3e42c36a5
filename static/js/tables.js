/* Tables that grow: <… data-table="rows"> with [data-rows], a <template data-blank> whose names carry "__" for the row's
   number, and buttons to add, remove and move up; data-most is the most rows it may have. Pasting is paste.js. */
"use strict";
(() => {
  const table = document.querySelector("[data-table]");
  if (!table) return;
  const body = table.querySelector("[data-rows]"), blank = table.querySelector("template[data-blank]");
  const form = table.closest("form");
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

  table.house = {add, touched};
})();
