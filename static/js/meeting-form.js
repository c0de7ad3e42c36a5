/* The experts in a meeting's plan: who is made chair is a member, who is no member is no chair; and how many are chosen. */
"use strict";
for (const counter of document.querySelectorAll("[data-chosen]")) {
  const form = document.getElementById(counter.dataset.chosen);
  const ticks = () => [...form.querySelectorAll("input[name=expert]")];
  const count = () => { counter.textContent = `已选 ${ticks().filter((one) => one.checked).length} 位`; };
  form.addEventListener("change", ({ target }) => {
    const line = target.closest("tr");
    if (target.name === "chair") line.querySelector("input[name=expert]").checked = true;
    else if (target.name === "expert" && !target.checked) line.querySelector("input[name=chair]").checked = false;
    count();
  });
  form.querySelector("[data-picker]").addEventListener("picker:filled", count);
  count();
}
