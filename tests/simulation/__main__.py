import sys
from tests.simulation.run import run

a, b = map(int, sys.argv[1].split("-"))
bad = 0
import time

t = time.time()
for s in range(a, b + 1):
    o = run(s)
    print(
        s,
        f"{o.took_s:.3f}s {o.virtual_s:.1f}v",
        o.counts,
        o.named,
        o.digest[:8],
        str(o.broken)[:600] if o.broken else "",
    )
    if o.broken:
        bad += 1
        if "-v" in sys.argv:
            print("\n".join(o.last))
            print("\n".join(o.plan.lines()))
            print(o.broken)
        if "-x" in sys.argv:
            break
print(bad, "bad", time.time() - t)
