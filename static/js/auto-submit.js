/* <form data-auto-submit>: a chosen filter applies at once; typing needs Enter. Without a script the button does it. */
"use strict";
document.querySelectorAll("form[data-auto-submit]").forEach((form) => {
  form.addEventListener("change", (event) => {
    if (event.target.matches("input[name]:is([type=checkbox], [type=radio]), select")) form.requestSubmit();
  });
});
