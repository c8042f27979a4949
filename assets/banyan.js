// Banyan: every page works without this. Texts come from data- attributes, written by the server in
// the reader's language, with {n}, {name}, {size} filled in here. No HTML is ever made from text.
(() => {
  'use strict';
  const all = (sel, from = document) => [...from.querySelectorAll(sel)];
  const fill = (text, values) => (text || '').replace(/\{(\w+)\}/g, (m, k) => (k in values ? values[k] : m));
  const on = (type, fn, opts) => document.addEventListener(type, fn, opts);
  const say = (el, text) => { if (el && el.textContent !== text) el.textContent = text; };

  // The error summary takes the focus.
  const errors = document.querySelector('.errors[tabindex]');
  if (errors) errors.focus();

  // Menus close by Escape and by a click elsewhere. Older browsers: open the wide navigation.
  on('click', (e) => all('.menu[open]').forEach((m) => m.contains(e.target) || (m.open = false)));
  on('keydown', (e) => {
    if (e.key !== 'Escape') return;
    const menu = e.target.closest && e.target.closest('details.menu[open], details.nav[open]');
    if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
  });
  if (matchMedia('(min-width: 60rem)').matches && !CSS.supports('selector(::details-content)')) {
    all('details.nav').forEach((n) => { n.open = true; });
  }

  // Choosing rows: <input data-all> ticks every <input data-row> of the same form; <output data-chosen> counts.
  const boxes = (form, kind) => all(`input[data-${kind}]`).filter((b) => b.form === form);
  const tally = (form) => {
    if (!form) return;
    const rows = boxes(form, 'row');
    const n = rows.filter((b) => b.checked).length;
    boxes(form, 'all').forEach((b) => { b.checked = n > 0 && n === rows.length; b.indeterminate = n > 0 && n < rows.length; });
    all('output[data-chosen]').filter((o) => o.form === form).forEach((o) => { o.dataset.n = n; say(o, fill(n === 0 ? o.dataset.none : n === 1 ? o.dataset.one : o.dataset.many, { n })); });
  };
  on('change', (e) => {
    const box = e.target;
    if (!box.matches('input[data-all], input[data-row]')) return;
    if (box.hasAttribute('data-all')) boxes(box.form, 'row').forEach((b) => { b.checked = box.checked; });
    tally(box.form);
  });
  new Set(all('input[data-row]').map((b) => b.form)).forEach(tally);
  let last = null; // Shift and click ticks a range.
  on('click', (e) => {
    const box = e.target;
    if (!box.matches || !box.matches('input[data-row]')) return;
    if (e.shiftKey && last && last.form === box.form) {
      const rows = boxes(box.form, 'row');
      const [a, b] = [rows.indexOf(last), rows.indexOf(box)].sort((x, y) => x - y);
      if (a >= 0) rows.slice(a, b + 1).forEach((r) => { r.checked = box.checked; });
      tally(box.form);
    }
    last = box;
  });

  // Counters: <textarea data-max="600" data-counter="id" [data-unit="words"]>.
  const count = (area) => {
    const out = document.getElementById(area.dataset.counter);
    if (!out) return;
    const used = area.dataset.unit === 'words' ? (area.value.match(/\S+/g) || []).length : [...area.value].length;
    const n = Number(area.dataset.max) - used;
    say(out, fill(n < 0 ? out.dataset.over : out.dataset.left, { n: Math.abs(n) }));
    out.classList.toggle('over', n < 0);
  };
  all('textarea[data-counter]').forEach((area) => {
    let timer;
    area.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(count, 250, area); });
    count(area);
  });

  // Files: <input type=file data-max="bytes" data-says="id">.
  on('change', (e) => {
    const input = e.target;
    if (!input.matches('input[type=file][data-says]')) return;
    const out = document.getElementById(input.dataset.says);
    if (!out) return;
    const max = Number(input.dataset.max) || Infinity;
    const files = [...input.files];
    const bad = files.find((f) => f.size > max);
    const size = (f) => (f.size / 1048576).toFixed(f.size < 1048576 ? 2 : 1);
    say(out, bad ? fill(out.dataset.big, { name: bad.name, size: size(bad) })
      : files.map((f) => fill(out.dataset.chose, { name: f.name, size: size(f) })).join(' '));
    out.classList.toggle('over', Boolean(bad));
  });

  // Forms: guard, autosave, one submit only.
  const changed = new Set();
  on('input', (e) => { const f = e.target.form; if (f && f.matches('[data-guard], [data-autosave]')) { changed.add(f); later(f); } });
  addEventListener('beforeunload', (e) => {
    if ([...changed].some((f) => f.isConnected && f.hasAttribute('data-guard'))) { e.preventDefault(); e.returnValue = ''; }
  });

  const timers = new WeakMap();
  const busy = new WeakSet();
  const status = (form, word) => {
    const out = form.querySelector('[data-status]');
    if (!out) return;
    say(out, fill(out.dataset[word], { time: new Date().toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'Asia/Hong_Kong' }) }));
    out.classList.toggle('bad', word === 'failed');
  };
  const later = (form, wait = 1500) => {
    if (!form.dataset.autosave) return;
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(save, wait, form));
  };
  const save = async (form) => {
    if (form.dataset.sent) return;
    if (busy.has(form)) { later(form); return; }
    busy.add(form);
    changed.delete(form);
    status(form, 'saving');
    const body = new URLSearchParams();
    new FormData(form).forEach((v, k) => { if (typeof v === 'string') body.append(k, v); });
    try {
      const r = await fetch(form.dataset.autosave, { method: 'POST', body, credentials: 'same-origin', redirect: 'error', headers: { Accept: 'application/json' } });
      if (!r.ok) throw r.status;
      const tag = r.headers.get('ETag');
      const version = form.elements.namedItem('version');
      if (tag && version) version.value = tag.replace(/^W\/|"/g, '');
      if (!changed.has(form)) status(form, 'saved');
    } catch (why) {
      changed.add(form);
      status(form, 'failed');
      if (typeof why !== 'number' || why >= 500) later(form, 15000); // a refusal is not repeated, a lost line is
    } finally { busy.delete(form); }
  };

  on('submit', (e) => {
    const form = e.target;
    if (e.defaultPrevented || form.method !== 'post' || form.hasAttribute('data-again')) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = '1';
    clearTimeout(timers.get(form));
    changed.delete(form);
    all('button', document).filter((b) => b.form === form).forEach((b) => b.setAttribute('aria-disabled', 'true'));
  });
  addEventListener('pageshow', (e) => {
    if (!e.persisted) return;
    all('form[data-sent]').forEach((f) => { delete f.dataset.sent; });
    all('button[aria-disabled]').forEach((b) => b.removeAttribute('aria-disabled'));
  });

  // Sliders: <input type=number min max data-slider> gets one beside it; each shows the other's value.
  all('input[data-slider]').forEach((field) => {
    const slider = document.createElement('input');
    Object.assign(slider, { type: 'range', min: field.min, max: field.max, step: '1', value: field.value });
    slider.setAttribute('aria-label', field.labels[0].textContent);
    slider.addEventListener('input', () => { field.value = slider.value; });
    field.addEventListener('input', () => { slider.value = field.value; });
    field.after(slider);
  });

  // Live: <form method="get" data-live="id id"> asks its own page while it is filled in, and those parts of the answer
  // take the place of ours. The server alone does the sums; an answer that is not the page changes nothing.
  all('form[data-live]').forEach((form) => {
    const parts = form.dataset.live.split(' ').map((id) => document.getElementById(id)).filter(Boolean);
    const busy = (is) => parts.forEach((p) => p.setAttribute('aria-busy', is));
    let timer, asked;
    const ask = () => {
      if (!form.checkValidity()) { busy(false); return; }
      const place = `${form.action.split('#')[0]}?${new URLSearchParams(new FormData(form))}`;
      const r = new XMLHttpRequest();
      asked = r;
      r.open('GET', place);
      r.responseType = 'document';
      r.addEventListener('load', () => {
        const fresh = parts.map((p) => r.response && r.response.getElementById(p.id));
        if (asked !== r || r.status !== 200 || !fresh.every(Boolean)) return;
        parts.forEach((p, n) => { if (p.innerHTML !== fresh[n].innerHTML) p.replaceChildren(...document.importNode(fresh[n], true).childNodes); });
        history.replaceState(null, '', place);
      });
      r.addEventListener('loadend', () => { if (asked === r) busy(false); });
      r.send();
    };
    form.addEventListener('input', () => { asked = null; busy(true); clearTimeout(timer); timer = setTimeout(ask, 250); });
  });

  // Ranks: rows of form[data-ranks] are dragged by their [data-grip], by mouse, pen or finger; the numbers follow, equals
  // stay equal. What is written in the numbers is what is saved.
  all('form[data-ranks]').forEach((form) => {
    const how = form.querySelector('[data-how]');
    const ranked = (row) => row.querySelector('input[name^="rank-"]');
    const renumber = (moved) => {
      const rows = all('tbody > tr', form).filter((r) => ranked(r) && (r === moved || ranked(r).value.trim()));
      let n = 0, before = null;
      const olds = rows.map((r) => ranked(r).value.trim());
      rows.forEach((r, at) => {
        if (r === moved || before === moved || olds[at] !== olds[at - 1]) n += 1;
        ranked(r).value = n;
        before = r;
      });
      say(form.querySelector('[data-said]'), fill(form.dataset.moved, { name: moved.dataset.name, n: ranked(moved).value, all: rows.length }));
    };
    // The others make room: a row that is taken out of the page loses the pointer that holds it.
    const pass = (row, over, above) => {
      const rows = all('tbody > tr', form);
      const at = rows.indexOf(row), to = rows.indexOf(over);
      if (to < at) row.after(...rows.slice(above ? to : to + 1, at));
      else row.before(...rows.slice(at + 1, above ? to : to + 1));
    };
    all('[data-grip]', form).forEach((grip) => {
      const row = grip.closest('tr');
      grip.hidden = false;
      if (how) how.hidden = false;
      let from = null;
      grip.addEventListener('pointerdown', (e) => {
        if (e.button) return;
        e.preventDefault();
        from = row.nextElementSibling;
        grip.setPointerCapture(e.pointerId);
        row.classList.add('dragged');
      });
      grip.addEventListener('pointermove', (e) => {
        if (!row.classList.contains('dragged')) return;
        const over = all('tbody > tr', form).find((r) => {
          const box = r.getBoundingClientRect();
          return r !== row && e.clientY >= box.top && e.clientY <= box.bottom;
        });
        if (!over) return;
        const box = over.getBoundingClientRect();
        pass(row, over, e.clientY < box.top + box.height / 2);
      });
      const drop = (keeps) => () => {
        if (!row.classList.contains('dragged')) return;
        row.classList.remove('dragged');
        if (!keeps) row.parentNode.insertBefore(row, from);
        else if (row.nextElementSibling !== from || !ranked(row).value.trim()) renumber(row);
      };
      grip.addEventListener('pointerup', drop(true));
      grip.addEventListener('pointercancel', drop(false));
    });
  });

  // Print: <button type="button" data-print hidden>.
  all('[data-print]').forEach((b) => { b.hidden = false; });
  on('click', (e) => { if (e.target.closest && e.target.closest('[data-print]')) print(); });

  // Keys, where the account has them on (<body data-keys>): / search, j k rows, x ticks, Enter opens.
  on('keydown', (e) => {
    if (!document.body.hasAttribute('data-keys') || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]')) return;
    if (e.key === '/') {
      const find = document.querySelector('[data-find]');
      if (find) { e.preventDefault(); find.focus(); find.select(); }
      return;
    }
    if (!'jkx'.includes(e.key)) return;
    const rows = all('[data-rows] > tbody > tr, ol[data-rows] > li');
    const at = rows.findIndex((r) => r.contains(document.activeElement));
    if (e.key === 'x') {
      const box = at >= 0 && rows[at].querySelector('input[data-row]');
      if (box) box.click();
      return;
    }
    const row = rows[at < 0 ? (e.key === 'j' ? 0 : rows.length - 1) : at + (e.key === 'j' ? 1 : -1)];
    const link = row && (row.querySelector('[data-open]') || row.querySelector('a[href]'));
    if (link) { e.preventDefault(); link.focus(); row.scrollIntoView({ block: 'nearest' }); }
  });
})();
