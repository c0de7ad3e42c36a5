/* Sends a phone code without leaving the page (<button data-send-code data-url data-purpose data-phone>), says what
   happened in [data-code-status] beside it, and counts down to the next sending. Without this script the button posts
   the form and the server answers with the same words. */
"use strict";
(() => {
  for (const button of document.querySelectorAll("[data-send-code]")) {
    const label = button.textContent;
    const status = button.parentElement.querySelector("[data-code-status]");
    button.type = "button"; // so that Enter in a field submits the form instead of asking for a code
    if (button.dataset.wait) countDown(Number(button.dataset.wait));
    button.addEventListener("click", send);

    async function send() {
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      const body = new FormData();
      body.set("phone", document.getElementById(button.dataset.phone).value);
      body.set("purpose", button.dataset.purpose);
      body.set("csrfmiddlewaretoken", button.form.elements.csrfmiddlewaretoken.value);
      try {
        const response = await fetch(button.dataset.url, {
          method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin",
        });
        const answer = await response.json();
        say(answer.sentence, response.ok, answer.demo_code);
        const wait = response.ok ? answer.resend_seconds : answer.wait;
        if (wait) countDown(wait);
        else button.removeAttribute("aria-disabled");
      } catch {
        say("没有连上服务器，验证码没有发出。请检查网络后再获取。", false);
        button.removeAttribute("aria-disabled");
      }
    }

    function say(sentence, ok, demoCode) {
      status.className = `code-status ${ok ? "good" : "err"}`;
      const line = document.createElement("span");
      line.textContent = sentence;
      if (demoCode) {
        const code = document.createElement("b");
        code.dataset.demoCode = "";
        code.textContent = demoCode;
        line.append(code);
      }
      status.replaceChildren(line);
    }

    function countDown(seconds) {
      const until = Date.now() + seconds * 1000;
      button.setAttribute("aria-disabled", "true");
      const tick = () => {
        const left = Math.ceil((until - Date.now()) / 1000);
        if (left > 0) {
          button.textContent = `${left} 秒后可重发`;
          return;
        }
        clearInterval(timer);
        button.textContent = label;
        button.removeAttribute("aria-disabled");
      };
      const timer = setInterval(tick, 500);
      tick();
    }
  }
})();
