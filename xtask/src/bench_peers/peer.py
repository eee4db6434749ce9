"""The workloads in PyTorch. Reads lines "NAME THREADS", answers each with the seconds it took.

Runs on the processor, or on the device that an argument names (`cuda`).
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

DEVICE = sys.argv[1] if len(sys.argv) > 1 else 'cpu'
torch.set_default_device(DEVICE)
torch.manual_seed(0)


class Tokens(nn.Module):
    def __init__(self, values, embedding, units, layers):
        super().__init__()
        self.values = values
        self.embedding = nn.Embedding(values, embedding) if embedding else None
        self.lstm = nn.LSTM(embedding or values, units, layers, batch_first=True)
        self.softmax = nn.Linear(units, values)

    def forward(self, x, state=None):
        x = self.embedding(x) if self.embedding is not None else F.one_hot(x, self.values).float()
        h, state = self.lstm(x, state)
        return self.softmax(h), state


class Scripted(nn.Module):
    """The sampling loop inside TorchScript."""

    def __init__(self, m):
        super().__init__()
        eye = torch.eye(m.values)
        self.embedding = m.embedding if m.embedding is not None else nn.Embedding(*eye.shape, _weight=eye)
        self.lstm, self.softmax = m.lstm, m.softmax
        self.layers, self.units = m.lstm.num_layers, m.lstm.hidden_size

    def forward(self, n: int):
        x = torch.zeros(1, 1, dtype=torch.long)
        h, c = torch.zeros(self.layers, 1, self.units), torch.zeros(self.layers, 1, self.units)
        for _ in range(n):
            y, (h, c) = self.lstm(self.embedding(x), (h, c))
            x = torch.multinomial(torch.softmax(self.softmax(y)[:, -1], -1), 1)
        return x


class Player(nn.Module):
    H = 384
    SIZES = dict(pitch=(129, 64), ioi=(97, 32), place=(72, 32), duration=(8, 8), interval=(98, 24), degree=(14, 16),
                 root=(13, 16), bass=(13, 8), next=(13, 16))

    def __init__(self):
        super().__init__()
        self.tables = nn.ModuleDict({k: nn.Embedding(*v) for k, v in self.SIZES.items()})
        self.flags = nn.Linear(24, 32, bias=False)
        self.lstm = nn.LSTM(248, self.H, 2, batch_first=True, dropout=0.4)
        self.drop = nn.Dropout(0.4)
        self.rhythm, self.rhythm_place = nn.Linear(self.H, 97), nn.Linear(self.H, 48)
        self.hidden, self.context = nn.Linear(self.H, self.H), nn.Linear(136, self.H, bias=False)
        self.pitch = nn.Linear(self.H, 128)
        self.intervals = nn.ModuleList(nn.Linear(self.H, 97) for _ in range(3))
        self.degrees = nn.ModuleList(nn.Linear(self.H, 13) for _ in range(2))

    def gather(self, d, prefix, names):
        parts = [self.tables[n](d[prefix + n]) for n in names]
        return torch.cat(parts + [self.flags(d[prefix + 'flags'])], -1)

    def forward(self, d):
        x = self.gather(d, 'last_', list(self.SIZES))
        h = self.drop(self.lstm(self.drop(x))[0])
        classes = torch.arange(97)[None, None]
        place = torch.gather(self.rhythm_place(h), 2, (d['last_place'][..., None] + classes) % 48)
        rhythm = self.rhythm(h) + place
        known = self.gather(d, '', ['ioi', 'place', 'root', 'bass', 'next'])
        g = self.drop(torch.relu(self.hidden(h) + self.context(known)))
        pitch, classes = self.pitch(g), torch.arange(128)[None, None]
        for head, key in zip(self.intervals, ('last_pitch', 'second_pitch', 'third_pitch')):
            pitch = pitch + torch.gather(head(g), 2, (classes - d[key][..., None] + 48).clamp(0, 96))
        for head, key in zip(self.degrees, ('root', 'next')):
            pitch = pitch + torch.gather(head(g), 2, (classes - d[key][..., None]) % 12)
        return rhythm, pitch


def cross_entropy(logits, wanted):
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten())


def tokens_step(model, lanes, steps, updates):
    x, y = (torch.randint(0, model.values, (lanes, steps)) for _ in range(2))
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)

    def run():
        for _ in range(updates):
            optimiser.zero_grad()
            cross_entropy(model(x)[0], y).backward()
            optimiser.step()
    return run


def player_step():
    shape = (24, 160)
    index = lambda n: torch.randint(0, n, shape)
    d = {'last_' + k: index(v[0]) for k, v in Player.SIZES.items()}
    d.update({k: index(Player.SIZES[k][0]) for k in ('ioi', 'place', 'root', 'bass', 'next')})
    d.update({k: torch.randint(0, 2, shape + (24,)).float() for k in ('flags', 'last_flags')})
    d.update(second_pitch=index(128), third_pitch=index(128))
    wanted = index(97), index(128)
    model = Player()
    optimiser = torch.optim.AdamW(model.parameters(), 1e-3)

    def run():
        optimiser.zero_grad()
        sum(cross_entropy(a, b) for a, b in zip(model(d), wanted)).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return run


def generate(model, values):
    """The faster of the plain and the scripted loop, for each value."""
    plain, scripted = model.eval(), torch.jit.script(Scripted(model).eval())

    @torch.no_grad()
    def loop():
        x, state = torch.zeros(1, 1, dtype=torch.long), None
        for _ in range(values):
            logits, state = plain(x, state)
            x = torch.multinomial(torch.softmax(logits[:, -1], -1), 1)

    @torch.no_grad()
    def inside():
        scripted(values)
    return loop, inside


def product(n):
    a, b = torch.rand(n, n), torch.rand(n, n)
    return [lambda: torch.mm(a, b)]


MAKE = {
    'product': lambda: product(2048),
    'W1': lambda: [tokens_step(Tokens(90, 0, 64, 1), 60, 30, 100)],
    'W2': lambda: [tokens_step(Tokens(512, 128, 256, 2), 32, 256, 1)],
    'W3': lambda: [tokens_step(Tokens(512, 256, 512, 3), 64, 256, 1)],
    'W4': lambda: [player_step()],
    'G1': lambda: generate(Tokens(90, 0, 64, 1), 1000),
    'G2': lambda: generate(Tokens(512, 128, 256, 2), 1000),
}
VALUES = {'G1': 1000, 'G2': 1000}


def timed(run):
    begin = time.perf_counter()
    run()
    if DEVICE != 'cpu':
        torch.cuda.synchronize()
    return time.perf_counter() - begin


ready = {}
print('torch', torch.__version__, flush=True)
for line in sys.stdin:
    name, threads = line.split()
    torch.set_num_threads(int(threads))
    if name not in ready:
        ready[name] = MAKE[name]()
        [timed(run) for run in ready[name] for _ in range(2)]
    print(min(timed(run) for run in ready[name]) / VALUES.get(name, 1), flush=True)
