/* Drags rows into their order inside one task: it only fills in the number fields, which are the keyboard's way and what
   is sent. Rows whose number changed are marked until the order is saved. */
"use strict";
(() => {
  const rows = (body) => [...body.querySelectorAll(":scope > tr[data-rank-row]")];
  const field = (row) => row.querySelector("input[name^='rank-']");
  const was = (row) => row.querySelector("input[name^='was-']");

  function mark(row) {
    row.classList.toggle("moved", field(row).value.trim() !== was(row).value);
    const save = document.querySelector("[data-save-order]");
    if (save) save.textContent = document.querySelector("tr.moved") ? "保存次序（有改动）" : "保存次序";
  }

  function renumber(body) {
    rows(body).forEach((row, place) => {
      field(row).value = place + 1;
      mark(row);
    });
  }

  for (const body of document.querySelectorAll("[data-ranked]")) {
    let dragged = null;
    rows(body).forEach(mark);
    body.addEventListener("input", (event) => {
      const row = event.target.closest("tr[data-rank-row]");
      if (row) mark(row);
    });
    body.addEventListener("dragstart", (event) => {
      if (!event.target.closest?.(".grip")) return;
      dragged = event.target.closest("tr[data-rank-row]");
      dragged.classList.add("dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
      event.dataTransfer.setDragImage(dragged, 20, 20);
    });
    body.addEventListener("dragover", (event) => {
      const over = event.target.closest("tr[data-rank-row]");
      if (!dragged || !over) return;
      event.preventDefault();
      if (over === dragged) return;
      const box = over.getBoundingClientRect();
      const after = event.clientY > box.top + box.height / 2;
      over[after ? "after" : "before"](dragged);
    });
    body.addEventListener("drop", (event) => event.preventDefault());
    body.addEventListener("dragend", () => {
      dragged?.classList.remove("dragged");
      dragged = null;
      renumber(body);
    });
  }

  /* Leaving with an unsaved order asks first. */
  let saving = false;
  document.getElementById("order")?.addEventListener("submit", () => { saving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!saving && document.querySelector("tr.moved")) event.preventDefault();
  });
})();
