/* Waits for a paper that is being made (<section class="doc-pane" data-paper="address">) and shows it when it is there. */
"use strict";
for (const pane of document.querySelectorAll(".doc-pane[data-paper]")) {
  const address = pane.dataset.paper;
  const say = (words) => { pane.querySelector(".waits p").textContent = words; };
  const look = async () => {
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      const answer = await response.json();
      if (answer.state === "done") return show();
      if (answer.state === "failed") return say(`申报书 PDF 没有生成：${answer.error}`);
    } catch {
      say("没有连上服务器，稍后再看。");
    }
    setTimeout(look, 2000);
  };
  const show = () => {
    const frame = document.createElement("iframe");
    frame.src = `${address}#navpanes=0&view=FitH`;
    frame.title = "申报书 PDF";
    pane.querySelector(".waits").replaceWith(frame);
  };
  setTimeout(look, 1000);
}
