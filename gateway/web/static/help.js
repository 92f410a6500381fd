// Drags a request to another column. Whoever uses the keyboard has the list and the button on each card.
"use strict";
(() => {
  document.documentElement.classList.add("dragging-works");
  let dragged = null;
  const place = (event) => (dragged ? event.target.closest("[data-move]") : null);
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".card[draggable]");
    if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.id);
  });
  document.addEventListener("dragover", (event) => {
    const over = place(event);
    for (const other of document.querySelectorAll(".over")) if (other !== over) other.classList.remove("over");
    if (!over) return;
    event.preventDefault();
    over.classList.add("over");
  });
  document.addEventListener("drop", (event) => {
    const over = place(event);
    if (!over) return;
    event.preventDefault();
    const form = dragged.querySelector("form");
    const choice = form.querySelector("select");
    const way = [...choice.options].find((one) => one.value === over.dataset.move);
    dragged = null;
    over.classList.remove("over");
    if (!way) return;
    choice.value = way.value;
    form.requestSubmit();
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    for (const other of document.querySelectorAll(".over")) other.classList.remove("over");
  });
})();
