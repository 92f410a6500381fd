// Has the page fetch again what changed: every element with hx-trigger="live:help from:body" does.
// One tab of a browser listens for all of them, as a browser holds few connections to one place.
"use strict";
(() => {
  const address = document.body.dataset.live;
  if (!address || !window.EventSource) return;
  const stale = document.getElementById("stale");
  const others = "BroadcastChannel" in window ? new BroadcastChannel("plainline-live") : null;
  const waiting = new Set();
  let wasLost = false;
  let listening = false;
  // How many commits this page has heard of; it was made when there were so many.
  let count = Number(document.body.dataset.count);

  // When each topic was told of last, and when each part of the page, by its id, was asked for last.
  const told = new Map();
  const asked = new Map();

  const tell = (topics) => {
    const now = performance.now();
    // What nobody sees is fetched when it is looked at again; what is urgent is heard at once.
    const heard = [...topics].filter((topic) => !document.hidden || topic === "urgent" || !waiting.add(topic));
    for (const topic of heard) told.set(topic, now);
    for (const topic of heard) htmx.trigger(document.body, "live:" + topic);
  };
  const topicsOf = (one) =>
    [...(one.getAttribute("hx-trigger") || "").matchAll(/live:([a-z_]+)/g)].map((found) => found[1]);
  const all = () => new Set([...document.querySelectorAll("[hx-trigger*='live:']")].flatMap(topicsOf));
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    asked.set(event.target.id, performance.now());
  });
  // A part that is put in place of another hears nothing from the asking until it has settled.
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const since = asked.get(event.target.id);
    const missed = topicsOf(event.target).find((topic) => told.get(topic) > since);
    if (missed) htmx.trigger(document.body, "live:" + missed);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    const topics = [...waiting];
    waiting.clear();
    tell(topics);
  });

  const show = (lost) => {
    stale.hidden = !lost;
    // Nobody told us while the line was gone.
    if (wasLost && !lost) tell(all());
    wasLost = lost;
  };
  const hear = (message) => {
    if ("lost" in message) show(message.lost);
    if ("ask" in message && listening) others.postMessage({ count, topics: [] });
    if (!("count" in message)) return;
    // Without topics it only says how far things are: what we missed meanwhile is fetched.
    if (message.topics.length) tell(message.topics);
    else if (message.count !== count) tell(all());
    count = message.count;
  };
  const say = (message) => {
    hear(message);
    if (others) others.postMessage(message);
  };
  const listen = () =>
    new Promise((over) => {
      listening = true;
      let source;
      const open = () => {
        source = new EventSource(address);
        source.addEventListener("open", () => say({ lost: false }));
        source.addEventListener("live", (event) => say(JSON.parse(event.data)));
        source.addEventListener("error", () => {
          say({ lost: true });
          // A browser gives up for good when it is refused; the gateway may only have been restarted.
          if (source.readyState === EventSource.CLOSED) setTimeout(open, 5000);
        });
      };
      open();
      window.addEventListener("pagehide", () => {
        source.close();
        over();
      });
      window.addEventListener("pageshow", (event) => {
        if (event.persisted) location.reload();
      });
    });
  // By then the parts of the page listen: what is told before would be lost.
  document.addEventListener("DOMContentLoaded", () => {
    if (others) {
      others.onmessage = (event) => hear(event.data);
      others.postMessage({ ask: true });
    }
    if (navigator.locks && others) navigator.locks.request("plainline-live", listen);
    else listen();
  });
})();
