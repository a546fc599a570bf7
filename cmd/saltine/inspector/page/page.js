"use strict";
// The page around the library. It shows what the function saltine reports, and decides nothing itself.
// Text of others gets into the page as text alone: nothing here writes HTML.
(() => {
	const $ = (id) => document.getElementById(id);
	const fields = ["value", "key", "older", "kind", "cookie-name", "salt", "algorithm", "separator", "max-age", "now"];
	const controls = ["value", "example", "clear", "key", "verify"];

	/** make returns an element with attributes and children. */
	function make(tag, attributes, ...children) {
		const element = document.createElement(tag);
		for (const [name, value] of Object.entries(attributes ?? {})) {
			element.setAttribute(name, value);
		}
		element.append(...children.filter((child) => child !== undefined && child !== null));
		return element;
	}

	/** section returns a part of the report with a heading. */
	function section(id, title, ...children) {
		return make("section", { "aria-labelledby": id }, make("h3", { id }, title), ...children);
	}

	function facts(pairs) {
		const list = make("dl", { class: "facts" });
		for (const [name, value] of pairs) {
			if (value) {
				list.append(make("dt", {}, name), make("dd", {}, value));
			}
		}
		return list;
	}

	/** question is all that the library is asked. */
	function question(verify) {
		const keys = [$("key").value, $("older").value].filter((key) => key !== "");
		return {
			text: $("value").value.slice(0, (64 << 10) + 1), // one more than the library takes, so that it says so
			keys: verify ? keys : [],
			kind: $("kind").value,
			name: $("cookie-name").value.trim(),
			salt: $("salt").value,
			separator: $("separator").value,
			algorithm: $("algorithm").value,
			max_age: $("max-age").value.trim(),
			now: $("now").value.trim(),
			sha1: $("sha1").checked,
			keep_space: $("keep-space").checked,
		};
	}

	function ask(what) {
		return JSON.parse(globalThis.saltine(JSON.stringify(what)));
	}

	function banner(report) {
		const kind = { valid: "good", open: "open" }[report.state] ?? "bad";
		const box = make("div", { class: "banner " + kind, id: "banner" }, make("h3", {}, report.title));
		if (report.message) {
			box.append(make("p", {}, report.message));
		}
		if (report.findings?.length) {
			box.append(make("ul", { id: "findings" }, ...report.findings.map(finding)));
		}
		return box;
	}

	/** finding tells a reason, and below it what to do. */
	function finding(f) {
		const line = make("li", {}, ...words(f.cause));
		if (f.next?.length) {
			line.append(make("ul", { "aria-label": "What to do" }, ...f.next.map((text) => make("li", {}, ...words(text)))));
		}
		return line;
	}

	/** words makes code of the flags in a line. */
	function words(line) {
		return line.split(/(--[a-z][a-z0-9-]*)/).map((text, i) => (i % 2 ? make("code", {}, text) : text));
	}

	function partsSection(parts) {
		const value = make("p", { class: "value", id: "parts", tabindex: "0", role: "group", "aria-label": "The value, with its parts marked" });
		const list = make("dl", { class: "facts", id: "legend" });
		let number = 0;
		for (const part of parts) {
			if (part.kind === "separator") {
				value.append(part.text);
				continue;
			}
			number++;
			const mark = make("span", { class: "number", "aria-hidden": "true" }, String(number));
			value.append(make("span", { class: "part " + part.kind }, mark, part.text));
			list.append(
				make("dt", {}, make("span", { class: "number of-" + part.kind }, String(number)), part.name),
				make("dd", {}, part.about),
			);
		}
		return section("parts-title", "Parts", value, list);
	}

	/** timeSection draws the time of signing, now and the end on one line. */
	function timeSection(time) {
		const list = facts([["Signed", time.signed], ["Ends", time.end], ["Rule", time.rule]]);
		list.id = "time";
		const children = [list];
		if (time.marks) {
			const { now, end } = time.marks; // of the length of the line, from 0 to 1
			const line = make("div", { class: "line", "aria-hidden": "true", id: "line" }, make("span", { class: "track" }));
			const spent = make("span", { class: "spent" });
			spent.style.width = percent(Math.min(now, end));
			line.append(spent);
			if (now > end) {
				const late = make("span", { class: "late" });
				late.style.left = percent(end);
				line.append(late);
			}
			const endLabel = end < 0.4 ? "above" : "below"; // of "signed" it is too near
			for (const [at, name, where] of [[0, "signed", "below"], [now, "now", "above"], [end, "end", endLabel]]) {
				const point = make("span", { class: "point" });
				point.style.left = percent(at);
				const label = make("span", { class: "name " + where }, name);
				if (at > 0.5) {
					label.style.right = percent(1 - at);
				} else {
					label.style.left = percent(at);
				}
				line.append(point, label);
			}
			children.push(line);
		}
		return section("time-title", "Time", ...children);
	}

	function percent(share) {
		return (Math.min(Math.max(share, 0), 1) * 100).toFixed(2) + "%";
	}

	function sizeSection(size) {
		const bar = make("div", { class: "bar", "aria-hidden": "true", id: "bar" });
		for (const piece of size.pieces) {
			const span = make("span", { class: piece.kind });
			span.style.width = percent(piece.size / Math.max(size.limit, size.total));
			bar.append(span);
		}
		if (size.total > size.limit) {
			const limit = make("span", { class: "limit" });
			limit.style.left = percent(size.limit / size.total);
			bar.append(limit);
		}
		const children = [make("p", { id: "size" }, size.text), bar];
		if (size.values?.length) {
			const most = size.values[0].size;
			const body = make("tbody");
			for (const value of size.values) {
				const share = make("div");
				share.style.width = percent(value.size / most);
				body.append(make("tr", {},
					make("th", { scope: "row" }, value.name),
					make("td", { class: "count" }, String(value.size)),
					make("td", { class: "share", "aria-hidden": "true" }, share)));
			}
			children.push(make("table", { id: "sizes" },
				make("caption", {}, size.caption),
				make("thead", {}, make("tr", {},
					make("th", { scope: "col" }, "Value"),
					make("th", { scope: "col", class: "count" }, "Bytes"),
					make("td", { class: "share", "aria-hidden": "true" }))),
				body));
		}
		return section("size-title", "Size", ...children);
	}

	function payloadSection(payload) {
		const children = [make("p", {}, payload.about)];
		if (payload.text) {
			children.push(make("pre", { id: "payload", tabindex: "0", "aria-label": "Payload" }, payload.text));
		}
		return section("payload-title", "Payload", ...children);
	}

	function show(report) {
		const children = [banner(report)];
		if (report.form) {
			children.push(make("p", { id: "form-text" }, report.form));
		}
		if (report.origin?.length) {
			const list = facts(report.origin.map(({ name, text }) => [name, text]));
			children.push(section("origin-title", "Origin", list));
		}
		if (report.parts?.length) {
			children.push(partsSection(report.parts));
		}
		if (report.payload) {
			children.push(payloadSection(report.payload));
		}
		if (report.time) {
			children.push(timeSection(report.time));
		}
		if (report.size) {
			children.push(sizeSection(report.size));
		}
		$("content").replaceChildren(...children);
		say(report.summary);
	}

	/** say has screen readers tell something. */
	function say(text) {
		$("status").textContent = text;
	}

	function wait(text) {
		$("content").replaceChildren(make("p", { class: "empty", id: "waiting" }, text));
	}

	function inspect(verify) {
		if ($("value").value === "") {
			wait("Paste a cookie to see what is in it.");
			say("");
			return;
		}
		try {
			show(ask(question(verify)));
		} catch (error) {
			wait("The library stopped. Load the page again.");
			say("The library stopped. Load the page again.");
		}
	}

	let timer;
	function changed() {
		clearTimeout(timer);
		timer = setTimeout(() => inspect(false), 150);
	}

	function clear() {
		clearTimeout(timer);
		$("form").reset();
		inspect(false);
		say("Everything is cleared.");
		$("value").focus();
	}

	function example() {
		clearTimeout(timer);
		$("form").reset();
		const made = ask({ example: true });
		$("value").value = made.text;
		$("key").value = made.key;
		inspect(false);
	}

	function ready() {
		for (const id of controls) {
			$(id).disabled = false;
		}
		for (const id of [...fields, "sha1", "keep-space"]) {
			$(id).addEventListener("input", changed);
		}
		$("form").addEventListener("submit", (event) => {
			event.preventDefault();
			clearTimeout(timer);
			inspect(true);
		});
		$("clear").addEventListener("click", clear);
		$("example").addEventListener("click", example);
		inspect(false);
	}

	/** start unpacks the library, which is compressed by gzip and written in base64, and runs it. */
	async function start() {
		const bytes = Uint8Array.from(atob($("library").textContent), (c) => c.charCodeAt(0));
		const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
		const code = await new Response(stream).arrayBuffer();
		const go = new Go();
		const { instance } = await WebAssembly.instantiate(code, go.importObject);
		$("library").remove();
		go.run(instance); // returns when the program waits
		ready();
	}

	addEventListener("pagehide", () => $("form").reset());
	start().catch(() => wait("This browser cannot run the library. It needs WebAssembly and DecompressionStream, which browsers have since 2023."));
})();
