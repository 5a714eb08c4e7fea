// Ask for the worker that keeps the book for reading without a network, once the page is there and at rest.
// From a folder there is nothing to keep, and a browser would complain about both files.
if (location.protocol.startsWith("http")) {
  addEventListener("load", () => (window.requestIdleCallback || setTimeout)(async () => {
    const root = document.documentElement.dataset.content_root || "";
    const manifest = document.createElement("link");
    manifest.rel = "manifest";
    manifest.href = root + "manifest.webmanifest";
    document.head.append(manifest);
    try {
      await navigator.serviceWorker.register(root + "service_worker.js");
    } catch { /* a private window, no https, no space, a lost connection: the page needs no worker */ }
  }));
}
