"use strict";
(function () {
  var body = document.body;
  function shown() { return document.querySelector("main[lang=" + body.dataset.lang + "]"); }
  function all(selector) { return Array.prototype.slice.call(shown().querySelectorAll(selector)); }
  function language(lang) { body.dataset.lang = lang; document.documentElement.lang = lang; filter(); }
  // Rows and claims are filtered by the words in them; print shows everything.
  function filter() {
    var words = shown().querySelector("[data-search]").value.toLowerCase().split(/\s+/).filter(Boolean);
    var bad = shown().querySelector("[data-only]").getAttribute("aria-pressed") === "true";
    var left = 0;
    all("[data-row]").forEach(function (row) {
      var text = row.textContent.toLowerCase();
      var fits = words.every(function (word) { return text.indexOf(word) >= 0; });
      if (bad && row.dataset.row === "good") { fits = false; }
      row.classList.toggle("out", !fits);
      if (fits) { left += 1; }
    });
    var found = shown().querySelector("[data-found]");
    found.textContent = words.length || bad ? left + " " + found.dataset.found : "";
  }
  function light(button) {
    all(".hot").forEach(function (part) { part.classList.remove("hot"); });
    var names = button.dataset.way.split(" ");
    all("[data-part]").forEach(function (part) {
      if (names.indexOf(part.dataset.part) >= 0) { part.classList.add("hot"); }
    });
    shown().querySelector("svg").scrollIntoView({ block: "center" });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.dataset.switch) { language(button.dataset.switch); }
    if (button.dataset.way !== undefined) { light(button); }
    if (button.dataset.only) {
      button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
      filter();
    }
  });
  document.addEventListener("input", function (event) {
    if (event.target.dataset.search !== undefined) { filter(); }
  });
  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "Escape" && typing) { event.target.value = ""; filter(); event.target.blur(); }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "/") { event.preventDefault(); shown().querySelector("[data-search]").focus(); }
    if (event.key === "l") { shown().querySelector("[data-switch]").click(); }
    if (event.key === "n" || event.key === "p") {
      var stops = all(".claim:not(.out)");
      var at = stops.indexOf(document.activeElement) + (event.key === "n" ? 1 : -1);
      var stop = stops[(at + stops.length) % stops.length];
      if (stop) { stop.focus(); stop.scrollIntoView({ block: "center" }); }
    }
  });
  // For tests and for links: #ja, #en, #only, #way open the page in that state.
  var state = window.location.hash.slice(1).split("+");
  if (state.indexOf("en") >= 0) { language("en"); }
  if (state.indexOf("ja") >= 0) { language("ja"); }
  state.forEach(function (word) {
    if (word.indexOf("search=") === 0) { shown().querySelector("[data-search]").value = decodeURIComponent(word.slice(7)); filter(); }
  });
  if (state.indexOf("only") >= 0) { shown().querySelector("[data-only]").click(); }
  if (state.indexOf("way") >= 0) { var first = shown().querySelector("[data-way]"); if (first) { first.click(); } }
})();
