# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium, spoken to through a pipe in the DevTools protocol."""
import json
import os
import select
import subprocess
import time

PATIENCE_S = 60

# Elements with text of their own whose contrast to what is behind them is less than 4.5 (WCAG 2.1, 1.4.3).
PALE = """(() => {
  const rgb = text => { const m = text.match(/[\\d.]+/g).map(Number); return m.length > 3 && m[3] < 1 ? null : m; };
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c) return c; }
    return [255, 255, 255]; };
  const pale = [];
  for (const e of document.body.querySelectorAll('*')) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const style = getComputedStyle(e), drawn = e.namespaceURI.endsWith('svg');
    const a = light(rgb(drawn ? style.fill : style.color)), b = light(behind(e));
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) pale.push(e.tagName + '.' + (e.getAttribute('class') || '') + ' ' + ratio.toFixed(2));
  }
  return [...new Set(pale)];
})()"""


class Browser:
    def __init__(self, program, profile):
        to_read, self.out = os.pipe()
        self.inp, to_write = os.pipe()
        # It reads on 3 and writes on 4.
        options = ["--headless=new", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run",
                   "--disable-background-networking", "--user-data-dir=" + profile]
        options += ["--no-sandbox"] if os.getuid() == 0 else []
        high = [os.dup(to_read), os.dup(to_write)]
        command = f'exec "$@" 3<&{high[0]} 4>&{high[1]}'
        self.process = subprocess.Popen(["bash", "-c", command, "bash", program, *options], pass_fds=high,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in (to_read, to_write, *high):
            os.close(fd)
        self.number, self.buffer, self.session, self.events = 0, b"", None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.ask(domain + ".enable")

    def receive(self, until):
        while b"\0" not in self.buffer:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.inp], [], [], left)[0]:
                raise TimeoutError("the browser does not answer")
            piece = os.read(self.inp, 1 << 16)
            if not piece:
                raise EOFError("the browser ended")
            self.buffer += piece
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **parameters):
        self.number = number = self.number + 1
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE_S
        while True:
            answer = self.receive(until)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def note(self, event):
        """A dialog holds the page up until it is answered; the answer is not waited for."""
        self.events.append(event)
        if event.get("method") == "Page.javascriptDialogOpening":
            self.number += 1
            os.write(self.out, json.dumps({"id": self.number, "method": "Page.handleJavaScriptDialog", "sessionId":
                                           self.session, "params": {"accept": True}}).encode() + b"\0")

    def value(self, expression):
        return self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def loaded(self):
        until = time.monotonic() + PATIENCE_S
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.note(self.receive(until))

    def look(self, path, click="*"):
        """What is wrong with a page: what it ran, asked for and complained of, and pale text."""
        self.ask("Page.navigate", url="about:blank")
        self.events = []
        url = "file://" + os.path.abspath(path)
        self.ask("Page.navigate", url=url)
        self.loaded()
        self.value(f"document.querySelectorAll('{click}').forEach(e => e.click && e.click())")
        wrong = ["a script ran"] if self.value("typeof hit !== 'undefined'") else []
        wrong += ["a script is there"] if self.value("document.scripts.length") else []
        for scheme in "light", "dark":
            self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            wrong += [f"{scheme}: contrast of {pale}" for pale in self.value(PALE)]
        self.ask("Emulation.setEmulatedMedia", media="print")
        wrong += [f"print: contrast of {pale}" for pale in self.value(PALE)]
        self.ask("Emulation.setEmulatedMedia", media="")
        # On a phone what is wide scrolls by itself, not the page.
        self.ask("Emulation.setDeviceMetricsOverride", width=400, height=900, deviceScaleFactor=1, mobile=False)
        wrong += ["it is wider than a phone"] if self.value("document.scrollingElement.scrollWidth > 400") else []
        self.ask("Emulation.clearDeviceMetricsOverride")
        return wrong + [line for event in self.events for line in self.told(event, url)]

    @staticmethod
    def told(event, url):
        method, what = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent" and what["request"]["url"] != url:
            yield f"it asks for {what['request']['url']}"
        elif method == "Log.entryAdded":
            yield f"the log says {what['entry']['text']}"
        elif method == "Runtime.consoleAPICalled":
            yield "a script ran: it writes on the console"
        elif method == "Runtime.exceptionThrown":
            yield f"a script ran: it throws {what['exceptionDetails'].get('text')}"
        elif method == "Page.javascriptDialogOpening":
            yield "a script ran: it opens a dialog"

    def close(self):
        try:
            self.session = None
            self.ask("Browser.close")
        except (OSError, EOFError, TimeoutError):
            self.process.kill()
        self.process.wait()
