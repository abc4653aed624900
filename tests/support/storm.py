"""Many people in all apps at once on a bad day, and whether each of them was answered as on a good one.

Everybody writes a greeting and then temperatures, each with other digits, so that an answer tells which message it
answers: "36.41" comes back as "36.41 °C". What goes wrong is drawn from the seed.
"""

from __future__ import annotations

import os
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support.companies import Companies, Fate, Phone
from tests.support.server import Server
from tests.support.wire.base import Call, Request, Wire
from tests.support.wire.messenger import Messenger

#: Seconds in which each app wants its webhook answered; the document for integrators names the last.
LIMITS = {"sms": 15.0, "whatsapp": 15.0, "telegram": 60.0, "messenger": 5.0, "slack": 3.0, "integrator": 15.0}
#: Everyday readings: none of them is a red flag, so nothing interrupts the count.
READINGS = tuple(f"{hundredths / 100:g}" for hundredths in range(3601, 3745) if hundredths % 10)
WORDS = ("It was {} just now", "now {} degrees", "my temperature is {} C", "thermometer says {} this minute")
READ_BACK = re.compile(r"(\d\d\.\d\d) ?°C")
#: Of a hundred calls of an API: how many meet this. The rest is taken at once.
WEATHER = {"busy": 6, "broken": 5, "cut": 4, "cut after taking": 4, "slow": 8}
#: One delivery in so many comes twice or thrice.
REPEATED = 5
#: Most events that Messenger gathers in one request here.
GATHERED = 4
#: Seconds after a kill in which companies still take what was under way.
UNDER_WAY = 1.5
#: Seconds from one delivery for somebody to the next, at most: people type, and 40 of them still make 80 a second.
PAUSE = 1.0
#: Seconds after which a company calls again that was not answered, and for how long it goes on.
AGAIN, PATIENCE = 0.3, 180.0


@dataclass
class Report:
    """What the couriers saw: seconds of each answered webhook by app, and deliveries that came more than once.

    `work` is what the server computed in these seconds. On a machine that has other things to do as well it is what can
    be held against the server; alone on a core, the two are the same.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    work: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    repeats: int = 0
    batches: int = 0
    redelivered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def lines(self) -> str:
        """The slowest answers, for the reader of a test run."""
        rows = [
            f"{app}: slowest answer {max(found):.2f} s, {max(self.work[app]):.2f} s of the server's work, of {len(found)}"
            for app, found in sorted(self.seconds.items())
        ]
        return "\n".join([*rows, f"{self.repeats} repeats, {self.batches} batches, {self.redelivered} called again"])


class Storm:
    """`messages` of `people` over all apps of `companies`."""

    def __init__(self, companies: Companies, server: Server, seed: int, *, people: int, messages: int) -> None:
        self.companies, self.server = companies, server
        self.random = random.Random(seed)
        self.report = Report()
        wires = list(companies.wires.values())
        self.phones = [Phone(companies, server, wires[n % len(wires)], n + 1) for n in range(people)]
        share = [messages // people + (n < messages % people) for n in range(people)]
        self.words = {n: self._says(count) for n, count in enumerate(share)}
        self.delivered = 0
        self.fault = ""
        self.killed_at: float | None = None
        #: Not set while the server starts again: its port may be open by then, but nobody answers yet.
        self._up = threading.Event()
        self._up.set()
        self._weather = random.Random(seed + 1)
        self._lock = threading.Lock()
        companies.fate = self._fate

    def _says(self, count: int) -> list[str]:
        readings = self.random.sample(READINGS, count - 1)
        return ["hello", *(self.random.choice(WORDS).format(reading) for reading in readings)]

    def readings(self, place: int) -> list[str]:
        """The readings of one person, in the order in which they were written."""
        return [found[0] for words in self.words[place] if (found := re.search(r"\d\d\.\d\d", words))]

    def _fate(self, wire: Wire, _call: Call) -> Fate:
        with self._lock:
            drawn, wait = self._weather.uniform(0, 100), self._weather.uniform(0.05, 0.6)
        for kind, share in WEATHER.items():
            if drawn < share:
                return {
                    "busy": Fate(answer=wire.busy(1)),
                    "broken": Fate(answer=wire.broken()),
                    "cut": Fate(cut=True),
                    "cut after taking": Fate(cut=True, taken=True),
                    "slow": Fate(wait=wait),
                }[kind]
            drawn -= share
        return Fate()

    def power_cut(self) -> None:
        """Kill the server in the middle of whatever it does, and start it again."""
        self._up.clear()
        self.server.kill()
        self.killed_at = time.monotonic()
        self.server.start()
        self._up.set()

    # delivering -----------------------------------------------------------------------------------------------------

    def blow_and_tell(self) -> None:
        """`blow`, in a thread of its own: what went wrong is in `fault`."""
        try:
            self.blow()
        except Exception as error:  # whatever it is, the test tells it
            self.fault = f"{type(error).__name__}: {error}"

    def blow(self) -> None:
        """Deliver everything: each person's messages in order, all people at once, some deliveries more than once."""
        couriers = self._couriers()
        with ThreadPoolExecutor(len(couriers)) as pool:
            for done in [pool.submit(self._carry, places, self.random.random()) for places in couriers]:
                done.result()

    def _couriers(self) -> list[list[int]]:
        """Who is carried by whom. A page of Messenger has its people's events gathered."""
        alone = [[n] for n, phone in enumerate(self.phones) if not isinstance(phone.wire, Messenger)]
        page = [n for n, phone in enumerate(self.phones) if isinstance(phone.wire, Messenger)]
        return [*alone, *(page[n : n + 3] for n in range(0, len(page), 3))]

    def _carry(self, places: Sequence[int], seed: float) -> None:
        chance = random.Random(seed)
        left = {place: list(self.words[place]) for place in places}
        again: list[tuple[Phone, Request]] = []
        with httpx.Client(base_url=self.server.url, timeout=70, trust_env=False) as http:
            while any(left.values()):
                phone, request, count = self._next(left, chance)
                self._deliver(http, phone, request)
                with self._lock:
                    self.delivered += count
                again += [(phone, request)] * (chance.randint(1, 2) if chance.randrange(REPEATED) == 0 else 0)
                if again and chance.random() < 0.5:
                    self._repeat(http, *again.pop(0))
                time.sleep(chance.uniform(0, PAUSE))
            for late in again:
                self._repeat(http, *late)

    def _next(self, left: dict[int, list[str]], chance: random.Random) -> tuple[Phone, Request, int]:
        """The next request, and how many messages are in it."""
        count = chance.randint(1, GATHERED)
        found: list[Request] = []
        while len(found) < count and any(left.values()):
            place = chance.choice([place for place, words in left.items() if words])
            phone = self.phones[place]
            found.append(phone.wire.text(phone.person, left[place].pop(0), self.companies.new_id(), phone.now))
            if not isinstance(phone.wire, Messenger):
                return phone, found[0], 1
        if len(found) > 1:
            with self._lock:
                self.report.batches += 1
        return phone, phone.wire.batch(found, phone.now) if isinstance(phone.wire, Messenger) else found[0], len(found)

    def _repeat(self, http: httpx.Client, phone: Phone, request: Request) -> None:
        with self._lock:
            self.report.repeats += 1
        self._deliver(http, phone, phone.wire.again(request, phone.now))

    def _deliver(self, http: httpx.Client, phone: Phone, request: Request) -> None:
        """Call the server until it says that it has taken this, as all companies do.

        Raises:
            AssertionError: it refuses, or does not answer for too long.
        """
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            up, begun, worked = self._up.is_set(), time.monotonic(), self._worked()
            try:
                answer = http.request(request.method, request.path, content=request.body, headers=dict(request.headers))
            except httpx.TransportError:
                status = 0  # killed, and not yet started again
            else:
                status = answer.status_code
                if up:
                    with self._lock:
                        self.report.seconds[phone.app].append(time.monotonic() - begun)
                        self.report.work[phone.app].append(max(0.0, self._worked() - worked))
            # An integrator's request may not be the same twice: within one second the new signature would be.
            if status == 200 or (status == 409 and phone.wire.once):
                return
            assert status in (0, 503), f"{phone.app} refuses with {status}"
            time.sleep(AGAIN)
            with self._lock:
                self.report.redelivered += 1
            request = phone.wire.again(request, phone.now)
        raise AssertionError(f"{phone.app} does not answer")

    def _worked(self) -> float:
        """Seconds that the server's process has computed since it was started; 0 while there is none."""
        process = self.server.process
        try:
            stat = Path(f"/proc/{process.pid if process else 0}/stat").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    # looking --------------------------------------------------------------------------------------------------------

    def heard(self, place: int) -> list[str]:
        """The readings that were answered to one person, in the order of their phone.

        A message that a company took without the server hearing of it may come once more, and only right after it.
        So may the last one before a kill.
        """
        taken = self.phones[place].taken
        found: list[str] = []
        for earlier, this in zip([None, *taken], taken):  # noqa: B905 - one is longer by design
            if (
                earlier
                and earlier.sent == this.sent
                and (earlier.unheard or _around(earlier.at, this.at, self.killed_at))
            ):
                continue
            found += READ_BACK.findall(this.sent.text)
        return found


def _around(before: float, after: float, moment: float | None) -> bool:
    """Whether one was taken before a kill and the other after the restart, which takes longer than any call."""
    return moment is not None and before <= moment + UNDER_WAY <= after
