// Before anything is shown: light or dark, the short path or everything, whether a class reads, and storage that
// scripts may use wherever it is blocked or full.
var pageStorage = (function () {
  function guarded(name) {
    var kept = {};
    return {
      getItem: function (key) { try { return window[name].getItem(key) } catch (error) { return kept[key] || null } },
      setItem: function (key, value) { try { window[name].setItem(key, value) } catch (error) { kept[key] = value } },
      removeItem: function (key) { try { window[name].removeItem(key) } catch (error) { delete kept[key] } },
    };
  }
  return { local: guarded("localStorage"), session: guarded("sessionStorage") };
})();
(function (root) {
  var mode = pageStorage.local.getItem("mode");
  if (mode !== "light" && mode !== "dark") mode = "auto";
  var dark = mode === "dark" || (mode === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  root.dataset.mode = mode;
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.path = pageStorage.local.getItem("book-path") === "short" ? "short" : "everything";
  root.classList.add("has-js");
  // A teacher's link ends in ?class: in this tab, guesses then stay shut after the commit. ?class=off ends it.
  var asked = new URLSearchParams(location.search).get("class");
  if (asked !== null) pageStorage.session.setItem("book-class", asked === "off" ? "off" : "on");
  if (pageStorage.session.getItem("book-class") === "on") root.dataset.inClass = "true";
})(document.documentElement);
