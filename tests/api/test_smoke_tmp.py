import time
def test_a(live):
    t=time.time(); c=live.journey("in_force"); print(time.time()-t); print(c.see())
def test_b(rehearsal):
    t=time.time(); h=rehearsal("2026-04-01 10:00"); print(time.time()-t); c=h.journey("signing"); print(time.time()-t)
