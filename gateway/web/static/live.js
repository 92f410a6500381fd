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

  const tell = (topics) => {
    for (const topic of topics) {
      // What nobody sees is fetched when it is looked at again; what is urgent is heard at once.
      if (document.hidden && topic !== "urgent") waiting.add(topic);
      else htmx.trigger(document.body, "live:" + topic);
    }
  };
  const all = () => {
    const topics = new Set();
    for (const one of document.querySelectorAll("[hx-trigger*='live:']")) {
      for (const found of one.getAttribute("hx-trigger").matchAll(/live:([a-z_]+)/g)) topics.add(found[1]);
    }
    return topics;
  };
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
  if (others) others.onmessage = (event) => hear(event.data);

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
  if (others) others.postMessage({ ask: true });
  if (navigator.locks && others) navigator.locks.request("plainline-live", listen);
  else listen();
})();
