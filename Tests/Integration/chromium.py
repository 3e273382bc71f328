"""A headless Chromium that is driven over a pipe, by its DevTools protocol: no package but Chromium's is needed."""
import base64, json, os, select, shutil, subprocess, tempfile, time


class Failure(Exception):
    pass


class Chromium:
    """One page. Events that arrive are kept in `events`."""

    def __init__(self, program="chromium", width=1280, height=900):
        self.profile = tempfile.mkdtemp(prefix="virt-cpu-chromium-")
        commands, answers = os.pipe(), os.pipe()

        def keep():
            os.dup2(commands[0], 20), os.dup2(answers[1], 21)
            os.dup2(20, 3), os.dup2(21, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
             "--disable-background-networking", "--disable-component-update", "--hide-scrollbars", f"--window-size={width},{height}",
             f"--user-data-dir={self.profile}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=keep, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands[0]), os.close(answers[1])
        self.commands, self.answers = commands[1], answers[0]
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        targets = self.send("Target.getTargets")["targetInfos"]
        target = next(target for target in targets if target["type"] == "page")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        self.size(width, height)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.commands), os.close(self.answers)
        shutil.rmtree(self.profile, ignore_errors=True)

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.commands, data):]
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise Failure(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def receive(self, seconds=60):
        end = time.monotonic() + seconds
        while b"\0" not in self.buffer:
            if not select.select([self.answers], [], [], max(0, end - time.monotonic()))[0]:
                raise Failure("Chromium does not answer")
            part = os.read(self.answers, 1 << 20)
            if not part:
                raise Failure("Chromium ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def size(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        self.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def open(self, url):
        """Opens a page, and waits until it has drawn everything."""
        self.send("Page.navigate", url=url)
        self.until("document.documentElement?.dataset.ready === 'yes'")

    def value(self, expression):
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise Failure(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression, seconds=30):
        end = time.monotonic() + seconds
        while not self.value(expression):
            if time.monotonic() > end:
                raise Failure(f"never true: {expression}")

    KEYS = {"Enter": (13, "\r"), "Escape": (27, ""), "Tab": (9, ""), "ArrowUp": (38, ""), "ArrowDown": (40, ""), "ArrowLeft": (37, ""),
            "ArrowRight": (39, ""), "Home": (36, ""), "End": (35, ""), "PageDown": (34, ""), "PageUp": (33, "")}

    def press(self, key, control=False):
        code, text = self.KEYS.get(key, (ord(key[0].upper()), key))
        rest = dict(key=key, code=key, windowsVirtualKeyCode=code, modifiers=2 if control else 0)
        self.send("Input.dispatchKeyEvent", type="keyDown", **rest, **({"text": text} if text and not control else {}))
        self.send("Input.dispatchKeyEvent", type="keyUp", **rest)

    def type(self, text):
        self.send("Input.insertText", text=text)

    def picture(self, file, full=False):
        more = {"captureBeyondViewport": True} if full else {}
        if full:
            size = self.send("Page.getLayoutMetrics")["cssContentSize"]
            more["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        with open(file, "wb") as output:
            output.write(base64.b64decode(self.send("Page.captureScreenshot", format="png", **more)["data"]))

    def paper(self, file):
        with open(file, "wb") as output:
            output.write(base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"]))
