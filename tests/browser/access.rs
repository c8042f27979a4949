//! What a page must have so that everybody can use it, asked of the page itself: landmarks and
//! headings in order, contrast, targets large enough for a finger, a focus that can be seen, text in
//! another language marked as such. Each question answers with faults, one line each.

/// Landmarks and the order of headings.
pub const ORDER: &str = "(() => { const bad = []; const all = (s) => [...document.querySelectorAll(s)]; \
    if (all('body > header').length !== 1 || all('body > footer').length !== 1) bad.push('header or footer is missing'); \
    const names = all('nav').map((n) => n.getAttribute('aria-label')); \
    if (names.some((n) => !n) || new Set(names).size !== names.length) bad.push('navigation without a name of its own: ' + names); \
    let last = 0; all('h1, h2, h3, h4').forEach((h) => { const n = Number(h.tagName[1]); \
      if (n > last + 1) bad.push('h' + n + ' after h' + last + ': ' + h.textContent.trim().slice(0, 40)); last = n; }); \
    if (!document.title.trim()) bad.push('no title'); \
    all('table').forEach((t) => { if (!t.caption && !t.getAttribute('aria-label')) bad.push('a table without caption'); }); \
    all('img, svg').forEach((p) => { if (!p.closest('[aria-hidden=true]') && !p.getAttribute('alt') && !p.getAttribute('aria-label')) bad.push('a picture without words: ' + p.outerHTML.slice(0, 60)); }); \
    return bad; })()";

/// Text mostly of Han characters that no element marks as Chinese, and half-width marks between Han
/// characters. A name within a sentence is no passage in another language (WCAG 3.1.2), and a letter's
/// own text is as it was sent.
pub const TONGUES: &str = r"(() => { const bad = []; const han = /\p{Script=Han}/u;
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n; (n = words.nextNode());) { const text = n.textContent.trim(); const e = n.parentElement;
      if (!han.test(text) || e.closest('script, style, iframe, pre')) continue;
      const [hans, latins] = [/\p{Script=Han}/gu, /\p{Script=Latin}/gu].map((kind) => (text.match(kind) || []).length);
      if (!e.closest('[lang]').lang.startsWith('zh')) { if (hans > latins) bad.push('not marked as Chinese: ' + text.slice(0, 50)); }
      else if (/\p{Script=Han}[,;:!?()]|[,;:!?(]\p{Script=Han}/u.test(text)) bad.push('half-width marks: ' + text.slice(0, 50)); }
    return bad; })()";

/// Text that does not stand out from what is behind it: 4.5 to 1, large text 3 to 1 (WCAG 1.4.3).
pub const CONTRAST: &str = r"(() => { const bad = new Set();
    const c = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (text) => { c.clearRect(0, 0, 1, 1); c.fillStyle = text; c.fillRect(0, 0, 1, 1); const d = c.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
    const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
    const light = (k) => { const [r, g, b] = k.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const behind = (e) => { const layers = []; for (let p = e; p; p = p.parentElement) { layers.push(rgba(getComputedStyle(p).backgroundColor)); if (layers.at(-1)[3] === 1) break; }
      return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]); };
    const seen = (e) => { let o = 1; for (let p = e; p; p = p.parentElement) o *= Number(getComputedStyle(p).opacity); return o; };
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let n; (n = words.nextNode());) { const e = n.parentElement; if (!n.textContent.trim() || e.closest('.vh, svg, iframe, option, [aria-disabled]') || !e.checkVisibility({ contentVisibilityAuto: true })) continue;
      const s = getComputedStyle(e); const under = behind(e); const ink = rgba(s.color); ink[3] *= seen(e); const top = over(ink, under);
      const [a, b] = [light(top), light(under)].sort((x, y) => y - x); const ratio = (a + 0.05) / (b + 0.05);
      const px = parseFloat(s.fontSize); const need = px >= 24 || (px >= 18.66 && Number(s.fontWeight) >= 700) ? 3 : 4.5;
      if (ratio < need) bad.add('contrast ' + ratio.toFixed(2) + ': ' + e.tagName + '.' + e.className + ' ' + n.textContent.trim().slice(0, 30)); }
    return [...bad].slice(0, 5); })()";

/// Targets under 24 pixels that stand closer to another than a finger can tell (WCAG 2.5.8); a link
/// within a sentence is as high as its line.
pub const TARGETS: &str = "(() => { const bad = []; \
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((e) => !e.closest('.vh') && e.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true })); \
    const boxes = all.map((e) => { const own = e.getBoundingClientRect(); const after = getComputedStyle(e, '::after'); \
      if (after.position === 'absolute' && after.inset === '0px') { const p = e.offsetParent || e.parentElement; return p.getBoundingClientRect(); } return own; }); \
    const inline = (e) => getComputedStyle(e).display === 'inline' && [...e.parentElement.childNodes].some((n) => n !== e && n.textContent.trim() && n.nodeType === 3); \
    all.forEach((e, i) => { const b = boxes[i]; if (!b.width || (b.width >= 23.9 && b.height >= 23.9) || inline(e) || b.bottom < 0) return; \
      const [x, y] = [(b.left + b.right) / 2, (b.top + b.bottom) / 2]; \
      const near = boxes.some((o, j) => { if (j === i || !o.width || all[j].contains(e) || e.contains(all[j])) return false; \
        if (o.width < 23.9 || o.height < 23.9) return Math.hypot(x - (o.left + o.right) / 2, y - (o.top + o.bottom) / 2) < 23.9; \
        return Math.hypot(x - Math.min(Math.max(x, o.left), o.right), y - Math.min(Math.max(y, o.top), o.bottom)) < 11.9; }); \
      if (near) bad.push('target of ' + Math.round(b.width) + ' by ' + Math.round(b.height) + ': ' + e.outerHTML.slice(0, 80)); }); \
    return bad.slice(0, 5); })()";

/// Controls whose focus nobody sees: neither an outline nor one of what lies over them.
pub const FOCUS: &str = "(() => { const bad = new Set(); const was = document.activeElement; \
    [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')].filter((e) => !e.closest('.vh') && e.checkVisibility({ contentVisibilityAuto: true })).slice(0, 80).forEach((e) => { \
      e.focus({ preventScroll: true, focusVisible: true }); if (document.activeElement !== e) { bad.add('takes no focus: ' + e.outerHTML.slice(0, 80)); return; } \
      const shown = [null, '::after'].some((part) => { const s = getComputedStyle(e, part); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; }); \
      if (!shown) bad.add('focus not seen: ' + e.outerHTML.slice(0, 80)); }); \
    if (was && was.focus) was.focus({ preventScroll: true }); else document.activeElement.blur(); \
    return [...bad].slice(0, 5); })()";
