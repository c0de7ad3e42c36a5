/* Conditional questions: [data-when="name of an input"] with the answers in data-is (JSON) is shown while one of them is
   given, and what depends on it in turn. Hidden ones keep what was typed; without this script all of them are shown. */
"use strict";
(() => {
  const form = document.getElementById("fill"), fields = form ? [...form.querySelectorAll("[data-when]")] : [];
  if (!fields.length) return;

  function given(name) {
    const several = [...form.querySelectorAll(`[name^="${name}."]:checked`)].map((one) => one.value);
    const one = form.elements[name];
    return one ? [(one.value || "").trim(), ...several] : several;
  }

  function isOff(name) {
    return Boolean(form.querySelector(`.field.off [name="${name}"], .field.off [name^="${name}."]`));
  }

  /* In the order of the form: a question comes after the one on which it depends. */
  function look() {
    for (const field of fields) {
      const wanted = JSON.parse(field.dataset.is), name = field.dataset.when;
      field.classList.toggle("off", isOff(name) || !given(name).some((answer) => wanted.includes(answer)));
    }
  }

  form.addEventListener("input", look);
  form.addEventListener("change", look);
  look();
})();
