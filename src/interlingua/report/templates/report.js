"use strict";
(function () {
  function value(row, column) {
    var cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : cell.dataset.sort;
  }
  function compare(a, b) {
    if (a === "" || b === "") return a === b ? 0 : null;
    return isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
  }
  function sort(table, column, direction) {
    var body = table.tBodies[0];
    var rows = Array.from(body.rows).map(function (row, place) { return { row: row, place: place, value: value(row, column) }; });
    rows.sort(function (a, b) {
      var order = compare(a.value, b.value);
      if (order === null) return a.value === "" ? 1 : -1;
      return order * direction || a.place - b.place;
    });
    rows.forEach(function (one) { body.appendChild(one.row); });
  }
  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", function () {
        var first = head.classList.contains("number") ? "descending" : "ascending";
        var second = first === "ascending" ? "descending" : "ascending";
        var wanted = head.getAttribute("aria-sort") === first ? second : first;
        heads.forEach(function (one) { one.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", wanted);
        sort(table, column, wanted === "ascending" ? 1 : -1);
      });
    });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (one) { one.open = true; one.dataset.printed = ""; });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-printed]").forEach(function (one) { one.open = false; delete one.dataset.printed; });
  });
})();
