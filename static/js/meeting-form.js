/* The list of experts in a meeting's plan: find by any word of a line (chosen ones stay), and count the chosen.
   Without it the whole list is there to be scrolled. */
"use strict";
for (const box of document.querySelectorAll("input[data-finds]")) {
  const table = document.getElementById(box.dataset.finds);
  const counter = document.querySelector(`[data-chosen="${box.dataset.finds}"]`);
  const rows = [...table.tBodies[0].rows].map((row) => ({
    row, words: row.textContent.toLowerCase(), tick: row.querySelector("input[type=checkbox]"), chair: row.querySelector("input[type=radio]"),
  }));
  const count = () => { counter.textContent = `已选 ${rows.filter((one) => one.tick.checked).length} 位`; };
  const find = () => {
    const wanted = box.value.trim().toLowerCase();
    for (const one of rows) one.row.hidden = !one.tick.checked && wanted !== "" && !one.words.includes(wanted);
  };
  table.addEventListener("change", (event) => {
    const one = rows.find(({ row }) => row.contains(event.target));
    if (event.target.type === "radio") one.tick.checked = true;
    else if (!one.tick.checked) one.chair.checked = false;
    count();
  });
  box.addEventListener("input", find);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.hidden = false;
  count();
}
