// The lines of what the mouse rests on stand out; in a grid, the row of a query and the column of a key.
// Written without the characters that a document gives another meaning, so that the page is XML as well.
"use strict";
document.querySelectorAll("svg.flow").forEach(function (svg) {
    function light(test) {
        svg.classList.add("busy");
        svg.querySelectorAll("[data-from]").forEach(function (e) {
            const to = (e.dataset.to || "").split(" ");
            if (e.classList.toggle("lit", test(e.dataset.from, to))) {
                e.parentNode.append(e); // in front of those that share its way
            }
        });
    }
    function dark() {
        svg.classList.remove("busy");
    }
    svg.querySelectorAll("[data-step]").forEach(function (e) {
        e.addEventListener("mouseenter", function () {
            light(function (from, to) { return from === e.dataset.step || to.includes(e.dataset.step); });
        });
        e.addEventListener("mouseleave", dark);
    });
    svg.querySelectorAll("[data-head]").forEach(function (e) {
        const made = Array.from(e.querySelectorAll("[data-step]"), function (row) { return row.dataset.step; });
        e.addEventListener("mouseover", function (event) {
            if (!event.target.closest("[data-step]")) {
                light(function (from, to) { return made.includes(from) || to.includes("h" + e.dataset.head); });
            }
        });
        e.addEventListener("mouseleave", dark);
    });
    function rect(x, y, width, height) {
        const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
        Object.entries({ x: x, y: y, width: width, height: height, class: "cross" }).forEach(function (one) {
            made.setAttribute(one[0], one[1]);
        });
        return made;
    }
    svg.querySelectorAll(".grid").forEach(function (grid) {
        const card = grid.parentNode, body = card.querySelector(".body");
        const x = Number(grid.dataset.x), y = Number(grid.dataset.y), w = Number(grid.dataset.w), h = Number(grid.dataset.h);
        function clear() {
            card.querySelectorAll(".cross").forEach(function (e) { e.remove(); });
        }
        grid.addEventListener("mousemove", function (event) {
            const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(card.getScreenCTM().inverse());
            const key = Math.floor((at.x - x) / w), query = Math.floor((at.y - y) / h);
            const wide = Number(body.getAttribute("width")), high = Number(body.getAttribute("height"));
            clear();
            card.append(rect(8, y + h * query, wide - 16, h), rect(x + w * key, y - 36, w, high - y + 28));
        });
        grid.addEventListener("mouseleave", clear);
    });
});
