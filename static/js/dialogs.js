/* Confirm dialogs (<dialog class="confirm-dialog" id="x">) and what opens them (<button data-opens="x">).
   The browser's modal dialog holds the focus and closes on Esc; this gives the focus to the safe button first,
   returns it to the opener, and lets a form inside be sent once. */
"use strict";
(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.opens);
      if (!dialog || opener.getAttribute("aria-disabled") === "true") return;
      event.preventDefault();
      dialog.returnFocus = opener;
      dialog.showModal();
      (dialog.querySelector("[data-safe]") || dialog).focus();
      return;
    }
    const closer = event.target.closest("[data-closes-dialog]");
    if (closer) closer.closest("dialog")?.close();
    else if (event.target.matches("dialog.confirm-dialog")) closeFromBackdrop(event);
  });

  /* A click on the dialog element itself, outside its box, is a click on the backdrop. */
  function closeFromBackdrop(event) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right
      && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0) event.target.close();
  }

  document.addEventListener("close", (event) => event.target.returnFocus?.focus(), true);

  /* A second click while the first request is under way sends nothing: the server's one-time key is the real guard. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  /* After a failed submit the focus goes to the list of errors. */
  document.querySelector(".error-list[tabindex]")?.focus();
  /* A dialog that the server wants open (its form came back with an error). */
  document.querySelector("dialog[data-open-now]")?.showModal();
})();
