// Act once, when an element comes near the part of the page that is seen.
export function whenNear(element, act) {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    seen.disconnect();
    act();
  }, { rootMargin: "300px" });
  seen.observe(element);
  return () => seen.disconnect();
}
