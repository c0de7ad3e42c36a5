/* The budget's sums while one types, in whole hundredths so that nothing is rounded: rows and columns of the matrix, the
   list of items, the gap between both. What is no amount counts as nothing; the server says so after the save. */
"use strict";
(() => {
  const matrix = document.querySelector("[data-matrix]"), list = document.querySelector("[data-list]");
  if (!matrix) return;
  const cents = (input) => {
    const typed = input.value.replace(/[,，\s]/g, "");
    return /^\d+(\.\d{1,2})?$/.test(typed) ? Math.round(Number(typed) * 100) : 0;
  };
  const shown = (amount) => {
    const sign = amount < 0 ? "-" : "", whole = Math.floor(Math.abs(amount) / 100);
    return `${sign}${whole.toLocaleString("en-US")}.${String(Math.abs(amount) % 100).padStart(2, "0")}`;
  };
  const amounts = (place) => [...place.querySelectorAll('input[name$=".amount"]')];
  const sum = (inputs) => inputs.reduce((total, input) => total + cents(input), 0);

  function tell(name, amount) {
    const sums = document.querySelectorAll(`[data-sum="${name}"], [data-copy="${name}"]`);
    sums.forEach((spot) => { spot.textContent = shown(amount); });
  }

  function count() {
    const rows = [...matrix.tBodies[0].rows];
    for (const row of rows) row.querySelector("[data-row-sum]").textContent = shown(sum(amounts(row)));
    matrix.querySelectorAll("[data-column-sum]").forEach((spot, column) => {
      spot.textContent = shown(sum(rows.map((row) => amounts(row)[column]).filter(Boolean)));
    });
    const strays = [...document.querySelectorAll('form .in input[name$=".amount"]')];
    const coming = sum(amounts(matrix)) + sum(strays.filter((input) => input.name.startsWith("sources")));
    tell("sources", coming);
    if (!list) return;
    const going = sum(amounts(list)) + sum(strays.filter((input) => input.name.startsWith("items")));
    tell("items", going);
    const gap = document.querySelector("[data-gap]");
    if (gap) {
      gap.textContent = shown(coming - going);
      gap.classList.toggle("bad", coming !== going);
    }
  }

  matrix.closest("form").addEventListener("input", count);
})();
