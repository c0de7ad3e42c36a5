/* The score sheet without a mouse: Enter to the next criterion, Ctrl+Enter on to the confirmation, Ctrl+S saves, Alt with
   an arrow to the next application. A band is reached by its number field, so Tab does not stop at it. While an input
   method composes a word, Enter is the method's. */
"use strict";
(() => {
  const sheet = document.querySelector("[data-score-sheet]"), signing = document.querySelector("[data-sign-sheet]");
  const ask = (form) => form.requestSubmit(form.querySelector("button.primary"));
  const isModified = (event) => event.ctrlKey || event.metaKey;

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || !(event.key === "Enter" && isModified(event))) return;
    event.preventDefault();
    if (sheet || signing) ask(sheet || signing);
  });
  if (!sheet) return;

  const stops = [...sheet.querySelectorAll(".score-input"), sheet.elements.opinion];
  for (const band of sheet.querySelectorAll(".seg")) band.tabIndex = -1;
  if (!document.querySelector("[autofocus]")) {
    const first = stops.find((stop) => !stop.value) || stops[0];
    first.focus({ preventScroll: true }); // the page stays at its top, only the sheet scrolls in itself
    sheet.querySelector(".sheet-scroll").scrollTop = (first.closest(".crit") || first).offsetTop - 8;
  }

  function go(place) {
    if (!stops[place]) return;
    stops[place].focus();
    if (stops[place].matches(".score-input")) stops[place].select();
  }

  sheet.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key !== "Enter" || isModified(event) || !event.target.matches(".score-input")) return;
    event.preventDefault();
    go(stops.indexOf(event.target) + (event.shiftKey ? -1 : 1));
  });
  document.addEventListener("keydown", (event) => {
    if (isModified(event) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      sheet.dispatchEvent(new Event("house:save"));
    }
    const link = event.altKey && { ArrowDown: "next", ArrowUp: "previous" }[event.key];
    if (link && sheet.querySelector(`[data-to=${link}]`)) {
      event.preventDefault();
      sheet.querySelector(`[data-to=${link}]`).click();
    }
  });
})();
