// Sounds while something urgent is on the page, and shows a button where the browser keeps quiet until asked.
"use strict";
(() => {
  const sound = new Audio(document.body.dataset.alarm);
  let again = 0;

  // The banner may be renewed while the browser makes up its mind: the button is looked for afterwards.
  const offer = (wanted) => {
    const button = document.getElementById("sound");
    if (button) button.hidden = !wanted;
  };
  const ring = () => {
    clearTimeout(again);
    if (!document.querySelector("[data-urgent]")) return;
    sound.play().then(
      () => offer(false),
      () => offer(true),
    );
    again = setTimeout(ring, 6000);
  };
  document.addEventListener("click", (event) => {
    if (event.target.id === "sound") ring();
  });
  document.addEventListener("htmx:afterSettle", ring);
  ring();
})();
