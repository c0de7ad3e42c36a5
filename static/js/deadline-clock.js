/* Keeps the server's time running and the deadlines counting, by the server's clock and not by this computer's.
   <… data-server-now="ms"> on an element shows the time; data-closes-at="ms" on a .deadline-clock counts down.
   The remaining time is text that changes once a minute and is not read aloud. */
"use strict";
(() => {
  const DAY = 86400000, SOON = 4 * DAY;
  const anchor = document.querySelector("[data-server-now]");
  if (!anchor) return;
  const offset = Number(anchor.dataset.serverNow) - performance.now();
  const now = () => offset + performance.now();

  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Asia/Shanghai", month: "numeric", day: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const timeText = (ms) => {
    const p = Object.fromEntries(parts.formatToParts(ms).map(({ type, value }) => [type, value]));
    return `${Number(p.month)}月${Number(p.day)}日 ${p.hour}:${p.minute}:${p.second}`;
  };

  const leftParts = (ms) => {
    const minutes = Math.floor(ms / 60000);
    const days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24;
    const list = [];
    if (days) list.push([days, "天"]);
    if (days || hours) list.push([hours, "小时"]);
    list.push([minutes % 60, "分"]);
    return list;
  };

  function showLeft(clock) {
    const left = Number(clock.dataset.closesAt) - now();
    const place = clock.querySelector("[data-left]");
    clock.classList.toggle("soon", left > 0 && left < SOON);
    clock.classList.toggle("over", left <= 0);
    if (left <= 0) {
      place.textContent = "已截止";
      return;
    }
    const text = leftParts(left).map(([number, unit]) => `${number}${unit}`).join("");
    if (clock.dataset.shown === text) return;
    clock.dataset.shown = text;
    place.replaceChildren(...leftParts(left).flatMap(([number, unit]) => {
      const figure = document.createElement("b");
      figure.textContent = number;
      return [figure, `${unit} `];
    }));
  }

  const clocks = document.querySelectorAll(".deadline-clock[data-closes-at]");
  const times = document.querySelectorAll(".server-clock");
  function tick() {
    for (const time of times) time.textContent = timeText(now());
    clocks.forEach(showLeft);
    setTimeout(tick, 1000 - (now() % 1000));
  }
  tick();
})();
