const SECONDS = 6;  // the whole film

// The moment that is shown: it runs while the film plays, and is a frame of the model else.
function playerOf({ get, save, last, paint }) {
  const it = { moment: 0, playing: 0 };
  it.within = (frame) => Math.max(0, Math.min(last(), Math.round(Number(frame)) || 0));
  it.go = (frame) => { it.pause(); save({ frame: it.within(frame) }); };
  it.settle = () => { if (!it.playing) { it.moment = it.within(get("frame")); paint(); } };
  it.start = () => {
    const first = get("frame") >= last() ? 0 : it.within(get("frame"));
    let began = null;
    const tick = (now) => {
      began ??= now;
      it.moment = Math.min(last(), first + ((now - began) / 1000 / SECONDS) * last());
      if (it.moment >= last()) { it.pause(); return; }
      it.playing = requestAnimationFrame(tick);
      paint();
    };
    it.playing = requestAnimationFrame(tick);
    paint();
  };
  it.stop = () => { cancelAnimationFrame(it.playing); it.playing = 0; };
  it.pause = () => {
    if (!it.playing) return;
    it.stop();
    save({ frame: it.within(it.moment) });
    it.settle();
  };
  return it;
}
