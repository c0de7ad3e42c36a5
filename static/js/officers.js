/* Tables with a choice of rows: <input type=checkbox data-choose-all="name"> ticks all rows that can be ticked; an element
   with data-chosen="name" says how many are. */
"use strict";
(() => {
  const boxes = (name) => [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]:not(:disabled)`)];
  function count(name) {
    const ticked = boxes(name).filter((box) => box.checked).length;
    for (const place of document.querySelectorAll(`[data-chosen="${CSS.escape(name)}"]`)) place.textContent = ticked;
    for (const all of document.querySelectorAll(`[data-choose-all="${CSS.escape(name)}"]`)) {
      all.checked = ticked > 0 && ticked === boxes(name).length;
      all.indeterminate = ticked > 0 && !all.checked;
    }
  }
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.chooseAll;
    if (name) boxes(name).forEach((box) => { box.checked = event.target.checked; });
    if (name || event.target.name) count(name || event.target.name);
  });
  const names = new Set([...document.querySelectorAll("[data-chosen], [data-choose-all]")].map((one) => one.dataset.chosen || one.dataset.chooseAll));
  names.forEach(count);
})();
