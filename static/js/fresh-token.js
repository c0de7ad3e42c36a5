/* Whoever signs in again in another window gets a new token, which the forms of this page do not know yet: they take it
   over before they are sent. Scripts that send by themselves ask for it: document.dispatchEvent(new Event("house:sending")) */
"use strict";
(() => {
  function take() {
    const token = document.cookie.match(/(?:^|;\s*)jbgs_csrf=([^;]+)/)?.[1];
    if (!token) return;
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  }
  document.addEventListener("submit", take, true);
  document.addEventListener("house:sending", take);
})();
