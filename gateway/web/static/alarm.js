// Sounds while something urgent is on the page, and shows a button where the browser keeps quiet until asked.
"use strict";
(() => {
  const sound = new Audio(document.body.dataset.alarm);
  let again = 0;

  const ring = () => {
    clearTimeout(again);
    const banner = document.querySelector("[data-urgent]");
    const button = document.getElementById("sound");
    if (!banner) return;
    sound.play().then(
      () => {
        if (button) button.hidden = true;
      },
      () => {
        if (button) button.hidden = false;
      },
    );
    again = setTimeout(ring, 6000);
  };
  document.addEventListener("click", (event) => {
    if (event.target.id === "sound") ring();
  });
  document.addEventListener("htmx:afterSettle", ring);
  ring();
})();
