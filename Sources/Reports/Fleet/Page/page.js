'use strict';
// The page of `virt-cpu fleet report`. Everything that is shown comes from the JSON in the page, which is what
// `virt-cpu fleet report --format json` prints. Names in it come from strangers: text is inserted as text, never as HTML.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const { fleet, hosts, kinds, asks, matrix, reasons, obstacles, features } = data;
  const rows = matrix.rows, columns = matrix.columns;
  const byId = id => document.getElementById(id);

  // MARK: Words

  const formatter = new Intl.NumberFormat('en-US');
  const number = n => formatter.format(n);
  const plural = (n, one, many) => `${number(n)} ${n === 1 ? one : many || one + 's'}`;
  const guestsOf = n => plural(n, 'guest');
  const percent = (n, of) => {
    if (!of || !n) return '';
    const share = 100 * n / of;
    return share < 0.1 ? '< 0.1 %' : share > 99.9 && n < of ? '> 99.9 %' : `${share.toFixed(share < 10 ? 1 : 0)} %`;
  };
  const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);
  /** How many there are, with those that the page leaves out. */
  const size = (object, name) => object[name].length + (object[name + 'Left'] || 0);
  const unique = list => [...new Set(list)];
  const named = list => list.map(index => features[index]);

  /** An element. Children are elements or text; attributes that begin with `on` are listeners. */
  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
    return element;
  }
  const link = (text, open, label) => el('button', { type: 'button', class: 'link', onclick: open, 'aria-label': label }, text);

  /** A bar on a logarithmic scale: one guest is a tenth of a million's. */
  function meter(value, most) {
    const fill = el('i');
    fill.style.width = value ? `${Math.max(4, 100 * Math.log10(value + 1) / Math.log10(most + 1))}%` : '0';
    return el('div', { class: 'meter', 'aria-hidden': 'true' }, fill);
  }

  // MARK: Names of hosts and CPUs

  const clusterName = name => name === null ? 'no cluster' : name;
  const signed = kind => named(kind.gained).map(name => '+' + name).concat(named(kind.lost).map(name => '−' + name));
  const kindWords = kind => [kind.model, ...signed(kind)].join(' ');

  /** What tells columns apart: model, and features that other hosts with it have or lack. */
  function columnParts(column) {
    const parts = [];
    for (const model of unique(column.kinds.map(kind => kinds[kind].model))) {
      const own = column.kinds.map(kind => kinds[kind]).filter(kind => kind.model === model);
      const largest = own.reduce((a, b) => size(b, 'hosts') > size(a, 'hosts') ? b : a);
      // With the model's own kind in it, the column is the model's.
      const plain = own.find(kind => !signed(kind).length);
      parts.push([model, plain ? [] : signed(largest)]);
    }
    return parts;
  }
  const columnLabel = (() => {
    const labels = new Map(), seen = new Map();
    for (const column of columns) {
      const label = columnParts(column).map(([model, more]) => [model, ...more].join(' ')).join(', ');
      seen.set(label, (seen.get(label) || 0) + 1);
      // Hosts can differ by something that has no name here.
      labels.set(column, seen.get(label) > 1 ? `${label} (${seen.get(label)})` : label);
    }
    return column => labels.get(column);
  })();

  /** The words of a CPU that no other row of its model has, and how many words are left out. */
  const rowLabels = (() => {
    const lists = rows.map(row => asks[row.asks[0]].words.split(' '));
    const groups = new Map();
    lists.forEach((words, index) => groups.set(words[0], (groups.get(words[0]) || []).concat(index)));
    const sets = lists.map(words => new Set(words));
    return lists.map((words, index) => {
      const rest = words.slice(1);
      if (rest.length < 4) return { model: words[0], words: rest, more: 0 };
      let others = groups.get(words[0]).filter(other => other !== index);
      const kept = [];
      // The rarest words first, until no other row is left or nothing more would help.
      const order = rest.map((word, place) => ({ word, place, count: others.filter(other => sets[other].has(word)).length }));
      order.sort((a, b) => a.count - b.count || a.place - b.place);
      for (const { word } of order) {
        if (!others.length && kept.length) break;
        const left = others.filter(other => sets[other].has(word));
        if (left.length === others.length && kept.length) continue;
        kept.push(word);
        others = left;
      }
      kept.sort((a, b) => rest.indexOf(a) - rest.indexOf(b));
      return { model: words[0], words: kept, more: rest.length - kept.length };
    });
  })();
  const minus = word => word.replace(/^-/, '−');
  const askWords = ask => asks[ask].words.split(' ').map(minus).join(' ');
  /** The first words of a CPU, where the whole has no room. */
  function shortWords(ask) {
    const words = asks[ask].words.split(' ').map(minus);
    return words.length > 5 ? `${words.slice(0, 4).join(' ')} and ${words.length - 4} more` : words.join(' ');
  }
  function rowLabel(index) {
    const label = rowLabels[index];
    return [label.model, ...label.words.map(minus)].join(' ');
  }

  /** Asks with the same words as one, those with the most guests first. */
  function merged(indices) {
    const groups = new Map();
    for (const index of indices) {
      const words = askWords(index);
      const group = groups.get(words) || { words, guests: 0, indices: [], platforms: [] };
      group.guests += asks[index].guests;
      group.indices.push(index);
      if (asks[index].platform !== null) group.platforms.push(data.platforms[asks[index].platform]);
      groups.set(words, group);
    }
    return [...groups.values()].sort((a, b) => b.guests - a.guests);
  }

  /** Hosts by cluster, as text: `c03: hv0017, hv0018`. */
  function hostList(indices, left, most = 24) {
    const groups = new Map();
    for (const index of indices) {
      const cluster = hosts[index].cluster;
      groups.set(cluster, (groups.get(cluster) || []).concat(index));
    }
    const list = el('ul');
    const entries = [...groups];
    let shown = 0;
    const more = el('ul', { hidden: true });
    for (const [cluster, members] of entries) {
      const item = el('li', {}, el('span', { class: 'quiet' }, `${clusterName(cluster)}: `),
        members.flatMap((host, place) => [place ? ', ' : '', link(hosts[host].host, () => showHost(host))]));
      (shown < most ? list : more).append(item);
      shown += members.length;
    }
    const parts = [list];
    if (more.children.length) {
      const count = more.children.length;
      const button = link(`and ${plural(count, 'more cluster')}`, () => { more.hidden = false; button.remove(); });
      parts.push(button, more);
    }
    if (left) parts.push(el('p', { class: 'quiet' }, `and ${plural(left, 'more host')}, which this page leaves out`));
    return parts;
  }

  /** The CPUs of a row or of a blocker, as a list. */
  function askList(indices, left, most = 8) {
    const groups = merged(indices);
    const item = group => el('li', {}, link(group.words, () => showAsk(group.indices)), ` – ${guestsOf(group.guests)} in the fleet`,
      group.indices.length > 1 ? el('span', { class: 'quiet' }, `, ${group.indices.length} platforms`) : '');
    const list = el('ul', {}, groups.slice(0, most).map(item));
    const parts = [list];
    if (groups.length > most) {
      const button = link(`and ${number(groups.length - most)} more`, () => {
        list.append(...groups.slice(most).map(item));
        button.remove();
      });
      parts.push(button);
    }
    if (left) parts.push(el('p', { class: 'quiet' }, `and ${number(left)} more, which this page leaves out`));
    return parts;
  }

  // MARK: Why

  /** Sentences for the reasons of a verdict, with the features in place of the ellipsis. */
  function whyWords(why, most) {
    return reasons[why].map(reason => reason.text.endsWith('…')
      ? reason.text.slice(0, -1) + listing(named(reason.features), most) : reason.text);
  }
  const listing = (names, most = Infinity) => names.length > most + 1
    ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
  const whyFeatures = why => unique(reasons[why].flatMap(reason => named(reason.features)));
  const chips = names => el('div', {}, names.map(name => el('span', { class: 'chip' }, name)));
  const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
  const samplesText = (samples, total) => samples.length
    ? `${samples.join(', ')}${total > samples.length ? `, and ${number(total - samples.length)} more` : ''}` : 'none that is named here';

  /** What keeps guests from leaving: a list item for each reason, with the hosts for which it holds. */
  function obstacleList(obstacle, host) {
    const entries = obstacles[obstacle];
    if (!entries.length) return el('p', {}, 'There is no other host.');
    const cluster = hosts[host].cluster;
    const isThere = data.within === 'cluster' && cluster !== null ? other => hosts[other].cluster === cluster && other !== host : other => other !== host;
    return el('ul', {}, entries.map(entry => {
      const others = entry.kinds.flatMap(kind => kinds[kind].hosts).filter(isThere).sort((a, b) => a - b);
      const words = others.slice(0, 6).map(other => hosts[other].host).join(', ') + (others.length > 6 ? ` and ${others.length - 6} more` : '');
      return el('li', {}, el('strong', {}, `${words}: `), entry.answer === 'unknown' ? 'nobody can tell: ' : entry.certain === false ? 'probably ' : '', whyWords(entry.why).join('; '));
    }));
  }

  // MARK: States and tiles

  const states = [
    { key: 'refused-where-it-is', tone: 'bad', words: 'would not start again on the host where they are', one: 'would not start again on the host where it is', filter: 'clash', label: 'refused where they are' },
    { key: 'starts-nowhere', tone: 'bad', words: 'start on no host', one: 'starts on no host', filter: 'nowhere', label: 'start nowhere' },
    { key: 'cannot-leave', tone: 'warn', words: 'start only on the host where they are', one: 'starts only on the host where it is', filter: 'only', label: 'cannot leave' },
    { key: 'some-hosts', tone: '', words: 'start on some hosts, but not on all', one: 'starts on some hosts, but not on all', filter: 'some', label: 'on some hosts' },
    { key: 'everywhere', tone: 'good', words: 'start on every host', one: 'starts on every host', filter: 'everywhere', label: 'on every host' },
  ];
  const drains = data.drain || [];
  /** Guests that cannot leave a host: while they run (live); or stopped, where the host itself starts them (only), refuses
   * them as well (neither), or nobody can tell (unknown). */
  const ways = {
    live: drain => drain.live, only: drain => drain.cold.filter(startsHere), neither: drain => drain.cold.filter(blocker => !blocker.here || blocker.here === 'refuses'),
    unknown: drain => drain.cold.filter(blocker => blocker.here === 'unknown'),
  };
  const blocked = (drain, way) => sum(ways[way](drain), blocker => blocker.guests);
  const startsHere = blocker => blocker.here === 'starts';
  const isStuck = drain => drain.live.length > 0 || drain.cold.some(startsHere);

  function header() {
    const title = `${guestsOf(fleet.guests)} on ${plural(fleet.hosts, 'host')}`;
    document.title = `Fleet report: ${title}`;
    byId('title').textContent = title;
    byId('summary').textContent =
      `${fleet.clusters.length ? plural(fleet.clusters.length, 'cluster') + '. ' : ''}The guests ask for ${plural(fleet.asks, 'different CPU')}, and the hosts are of ${plural(fleet.kinds, 'kind')}: `
      + `${number(fleet.asks * fleet.kinds)} answers stand for ${number(fleet.guests * fleet.hosts)} pairs of guest and host.`;
    byId('tiles').append(...states.map(state => {
      const count = fleet.states[state.key];
      return el('button', {
        type: 'button', class: `tile ${count || state.tone === 'good' ? state.tone : ''}`, 'aria-pressed': 'false', 'data-filter': state.filter, 'data-state': state.key,
        onclick: () => { filter(state.filter); byId('matrix').scrollIntoView(); },
        title: 'Show the rows with these guests',
      }, el('b', {}, number(count), ' ', el('span', { class: 'share' }, percent(count, fleet.guests))),
      ' ', el('span', { class: 'words' }, count === 1 ? state.one : state.words), meter(count, fleet.guests));
    }));
    const notes = [];
    if (fleet.states.unknown) notes.push(`Of ${guestsOf(fleet.states.unknown)} nobody can tell.`);
    if (fleet.notCertain) notes.push(`${number(fleet.notCertain)} of these ${fleet.notCertain === 1 ? 'is' : 'are'} not certain: virsh capabilities or virsh domcapabilities of a host is missing.`);
    notes.push(`${fleet.windows === 1 ? '1 is a Windows guest' : `${number(fleet.windows)} are Windows guests`}.`);
    if (fleet.withDevices) notes.push(fleet.withDevices === 1 ? '1 has a device of its host, which keeps it there whatever its CPU is.' : `${number(fleet.withDevices)} have a device of their host, which keeps them there whatever their CPU is.`);
    notes.push('The bars here and below are on a logarithmic scale.');
    byId('beside').textContent = notes.join(' ');
  }

  // MARK: Matrix

  const letters = { s: 'starts', r: 'refuses', u: 'unknown' };
  const fieldClass = (row, column) => {
    const answer = row.answers[column];
    return row.here[column] && answer !== 'u' ? answer.toUpperCase() : answer;
  };
  const fieldWords = {
    S: 'starts, and such guests are there', s: 'would start', R: 'refused, and such guests are there', r: 'would be refused', u: 'nobody can tell',
  };
  const signs = { R: '!', u: '?' };
  /** Where nobody can tell, that is all there is to say. */
  const isCertain = (row, column) => row.answers[column] === 'u' || row.certain[column] === 'y';
  const mostGuests = Math.max(1, ...rows.map(row => row.guests));
  let grid = null, cells = [], current = [0, 0], opened = null;

  function legend() {
    byId('legend').append(...Object.entries(fieldWords).map(([name, words]) =>
      el('li', {}, el('span', { class: `f ${name}`, 'aria-hidden': 'true' }, signs[name] || ''), words)));
  }

  function drawMatrix() {
    byId('matrix-lead').textContent = `A row is a group of CPUs that the same hosts start, a column the hosts that start the same: ${rows.length} × ${columns.length}. `
      + 'The rows that start on the most hosts come first; a vertical line separates vendors.';
    const vendor = column => kinds[column.kinds[0]].vendor;
    const first = columns.map((column, index) => index > 0 && vendor(column) !== vendor(columns[index - 1]));
    const labels = [];
    const head = el('tr', {}, el('th', { class: 'corner', scope: 'col' }, 'CPU that the guests ask for'), el('th', { class: 'n', scope: 'col' }, 'guests'), el('th', { class: 'm' }, el('span', { class: 'hidden' }, 'guests, as a bar')),
      columns.map((column, index) => {
        const parts = columnParts(column);
        const label = el('span', {}, parts.flatMap(([model, more], place) => [place ? ', ' : '', el('b', {}, model), more.length ? ' ' + more.join(' ') : '']), `${(columnLabel(column).match(/ \(\d+\)$/) || [''])[0]}\u00a0·\u00a0${number(size(column, 'hosts'))}`);
        labels.push(label);
        return el('th', { scope: 'col', class: `col ${first[index] ? 'first' : ''}`, title: `${vendor(column) || 'unknown vendor'}: ${columnLabel(column)}, ${plural(size(column, 'hosts'), 'host')}` }, label);
      }));
    upright(labels, 340);
    // On paper, the head is repeated on each page if it is low enough.
    addEventListener('beforeprint', () => upright(labels, 165));
    addEventListener('afterprint', () => upright(labels, 340));
    cells = rows.map((row, y) => columns.map((column, x) => {
      const name = fieldClass(row, x);
      return el('td', {
        class: `f ${name}${first[x] ? ' first' : ''}`, role: 'gridcell', tabindex: '-1',
        'aria-label': `${rowLabel(y)} on ${columnLabel(column)}: ${fieldWords[name]}${row.here[x] ? ` (${number(row.here[x])})` : ''}${isCertain(row, x) ? '' : ', not certain'}`,
      }, signs[name] || '');
    }));
    const body = el('tbody', {}, rows.map((row, y) => {
      const label = rowLabels[y], groups = merged(row.asks).length - 1 + (row.asksLeft || 0);
      const tail = [label.more ? `and ${plural(label.more, 'feature')} more` : '', groups > 0 ? `and ${plural(groups, 'other CPU')}` : ''].filter(Boolean).join(', ');
      return el('tr', { 'data-row': y }, el('th', { scope: 'row', title: row.asks.slice(0, 12).map(askWords).join('\n') },
        el('b', {}, label.model), label.words.length ? ' ' + label.words.map(minus).join(' ') : '', tail ? el('span', { class: 'more' }, ` ${tail}`) : ''),
      el('td', { class: 'n' }, number(row.guests)), el('td', { class: 'm' }, meter(row.guests, mostGuests)), cells[y]);
    }));
    grid = el('table', { id: 'grid', role: 'grid', 'aria-labelledby': 'matrix-title', 'aria-rowcount': rows.length + 1, 'aria-colcount': columns.length + 3 }, el('thead', {}, head), body);
    grid.addEventListener('click', event => {
      const place = placeOf(event.target.closest('td.f'));
      if (place) { focusField(place[0], place[1]); showField(place[0], place[1]); }
    });
    grid.addEventListener('keydown', moveOnKey);
    grid.addEventListener('focusin', event => {
      const place = placeOf(event.target.closest('td.f'));
      if (place) setCurrent(place[0], place[1]);
    });
    byId('matrix-scroll').replaceChildren(grid);
    if (rows.length && columns.length) cells[0][0].tabIndex = 0;
  }

  /** Gives upright labels the height of the longest, and as many lines as they need. */
  function upright(labels, most) {
    const ruler = document.createElement('canvas').getContext('2d');
    const font = getComputedStyle(document.body).fontFamily;
    ruler.font = `600 11.5px ${font}`;
    const lengths = labels.map(label => ruler.measureText(label.textContent).width + 4);
    // Two lines are as wide as a field.
    const height = Math.min(most, Math.max(60, ...lengths.map(length => length < 180 ? length : Math.max(180, length * 0.54))));
    labels.forEach((label, index) => {
      const lines = lengths[index] <= height ? 1 : Math.ceil(lengths[index] * (height < 200 ? 1.3 : 1.05) / height);
      label.style.height = `${Math.ceil(height)}px`;
      label.style.width = `${lines * 12}px`;
    });
  }

  function placeOf(cell) {
    if (!cell) return null;
    const y = Number(cell.parentElement.dataset.row), x = cells[y].indexOf(cell);
    return x < 0 ? null : [y, x];
  }
  function setCurrent(y, x) {
    cells[current[0]][current[1]].tabIndex = -1;
    current = [y, x];
    cells[y][x].tabIndex = 0;
  }
  function focusField(y, x) {
    setCurrent(y, x);
    cells[y][x].focus({ preventScroll: true });
    cells[y][x].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  function moveOnKey(event) {
    if (event.altKey || event.metaKey || !event.target.closest('td.f')) return;
    let [y, x] = current;
    const step = (from, by) => {
      let to = from + by;
      while (to >= 0 && to < rows.length && cells[to][0].parentElement.hidden) to += by;
      return to < 0 || to >= rows.length ? from : to;
    };
    switch (event.key) {
      case 'ArrowUp': y = step(y, -1); break;
      case 'ArrowDown': y = step(y, 1); break;
      case 'ArrowLeft': x = Math.max(0, x - 1); break;
      case 'ArrowRight': x = Math.min(columns.length - 1, x + 1); break;
      case 'PageUp': for (let n = 0; n < 10; n += 1) y = step(y, -1); break;
      case 'PageDown': for (let n = 0; n < 10; n += 1) y = step(y, 1); break;
      case 'Home': x = 0; if (event.ctrlKey) y = step(-1, 1); break;
      case 'End': x = columns.length - 1; if (event.ctrlKey) y = step(rows.length, -1); break;
      case 'Enter': case ' ': event.preventDefault(); showField(y, x); return;
      default: return;
    }
    event.preventDefault();
    focusField(y, x);
    // Details that are open follow the field.
    if (opened) showField(y, x);
  }

  // MARK: Rows that are shown

  const starting = row => columns.filter((column, x) => row.answers[x] === 's');
  const tests = {
    all: () => true,
    clash: row => row.here.some((count, x) => count && row.answers[x] === 'r'),
    nowhere: row => !/[su]/.test(row.answers),
    only: row => { const places = starting(row); return places.length === 1 && size(places[0], 'hosts') === 1; },
    some: row => row.answers.includes('s') && /[ru]/.test(row.answers),
    everywhere: row => /^s+$/.test(row.answers),
  };
  let shownFilter = 'all', shownWords = '';
  function filter(name, words) {
    shownFilter = shownFilter === name && !words && name !== 'all' ? 'all' : name;
    shownWords = words || '';
    let count = 0;
    rows.forEach((row, y) => {
      const isShown = tests[shownFilter](row) && (!shownWords || mentions(row, shownWords));
      grid.tBodies[0].rows[y].hidden = !isShown;
      count += isShown;
    });
    const first = rows.findIndex((row, y) => !grid.tBodies[0].rows[y].hidden);
    if (first >= 0) setCurrent(first, current[1]);
    for (const tile of document.querySelectorAll('.tile')) tile.setAttribute('aria-pressed', String(tile.dataset.filter === shownFilter));
    const state = states.find(one => one.filter === shownFilter);
    byId('filters').replaceChildren(...(shownFilter === 'all' && !shownWords ? [] : [
      el('span', {}, `${plural(count, 'row')} of ${rows.length}: ${shownWords ? `“${shownWords}”` : state.label}`),
      el('button', { type: 'button', class: 'plain', onclick: () => filter('all') }, 'show all rows')]));
    say(`${plural(count, 'row')} shown`);
  }
  function mentions(row, words) {
    return row.asks.some(ask => asks[ask].words.split(' ').some(word => word.replace(/^[+-]/, '') === words))
      || row.why.some(causes => causes !== null && causes.some(cause => whyFeatures(cause.why).includes(words)));
  }

  // MARK: Details

  const panel = byId('panel');
  let back = null;
  function open(title, ...parts) {
    if (!panel.contains(document.activeElement)) back = document.activeElement;
    byId('details').replaceChildren(el('div', { class: 'head' }, el('h2', {}, title)), ...parts.flat().filter(Boolean));
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.classList.remove('empty');
    document.body.classList.add('opened');
    mark(null);
    say(title);
  }
  function mark(place) {
    if (opened) cells[opened[0]][opened[1]].classList.remove('open');
    opened = place;
    if (place) cells[place[0]][place[1]].classList.add('open');
  }
  function close() {
    mark(null);
    document.body.classList.remove('opened');
    hint();
    if (back && document.contains(back)) back.focus({ preventScroll: true });
  }
  const wide = matchMedia('(min-width: 1680px)');
  function hint() {
    byId('details').replaceChildren(el('p', { class: 'quiet' }, 'Click a field of the matrix, a host, a cluster or a CPU: the details are shown here.'));
    panel.classList.add('empty');
    panel.hidden = !wide.matches;
    byId('close').hidden = true;
  }
  wide.addEventListener('change', () => { if (panel.classList.contains('empty')) hint(); });
  let saying = 0;
  function say(text) {
    clearTimeout(saying);
    saying = setTimeout(() => { byId('said').textContent = text; }, 200);
  }
  const block = (title, ...parts) => el('div', { class: 'block' }, el('h3', {}, title), ...parts.flat());

  /** All the reasons of a field: those that hold for some of its CPUs or hosts alone name them. */
  function causeParts(causes) {
    const part = cause => {
      const whose = [
        cause.asks === null ? '' : merged(cause.asks).slice(0, 2).map(group => group.words).join(', ') + (size(cause, 'asks') > 2 ? ` and ${number(size(cause, 'asks') - 2)} more` : ''),
        cause.kinds === null ? '' : `on ${unique(cause.kinds.map(kind => kindWords(kinds[kind]))).join(', ')}`,
      ].filter(Boolean).join(' ');
      const names = whyFeatures(cause.why), words = whyWords(cause.why).join('; ');
      return [el('p', {}, whose ? [el('strong', {}, `${whose}: `), words] : capital(words), '.'), names.length ? chips(names) : ''];
    };
    const most = 12, parts = causes.slice(0, most).flatMap(part);
    if (causes.length > most) {
      const rest = el('div', {}), button = link(`and ${plural(causes.length - most, 'more reason')}`, () => { rest.append(...causes.slice(most).flatMap(part)); button.remove(); });
      parts.push(button, rest);
    }
    return parts;
  }
  function showField(y, x) {
    const row = rows[y], column = columns[x], answer = row.answers[x], here = row.here[x];
    const causes = row.why[x];
    const verdict = {
      S: `Starts. ${guestsOf(here)} with these CPUs ${here === 1 ? 'is' : 'are'} on these hosts.`,
      s: 'Would start. No such guest is there now.',
      R: `Refused: ${guestsOf(here)} with these CPUs ${here === 1 ? 'is' : 'are'} on these hosts, and would not start there again.`,
      r: 'Would be refused. No such guest is there now.',
      u: `Nobody can tell.${here ? ` ${guestsOf(here)} with these CPUs ${here === 1 ? 'is' : 'are'} there.` : ''}`,
    }[fieldClass(row, x)];
    const samples = row.samples && row.samples[x];
    open(`${rowLabel(y)} on ${columnLabel(column)}`,
      el('div', { class: 'block' }, el('p', { class: 'verdict' }, verdict), isCertain(row, x) ? '' : el('p', { class: 'quiet' }, 'This is not certain: virsh capabilities or virsh domcapabilities of a host is missing.')),
      causes !== null && block('Why', causeParts(causes)),
      here ? block('Guests there', el('p', {}, samplesText(samples || [], here))) : null,
      block(`${plural(size(column, 'hosts'), 'host')}`, column.kinds.map(kind => el('p', { class: 'quiet' }, `${plural(size(kinds[kind], 'hosts'), 'host')}: ${kindWords(kinds[kind])}`)), hostList(column.hosts, column.hostsLeft)),
      block(`CPUs of the row, ${guestsOf(row.guests)}`, askList(row.asks, row.asksLeft)));
    mark([y, x]);
    byId('close').hidden = false;
  }

  function blockerParts(drain, blockers) {
    return blockers.map(blocker => el('div', { class: 'block' },
      el('p', {}, el('strong', {}, guestsOf(blocker.guests)), blocker.windows ? ` (${number(blocker.windows)} Windows)` : '', `: ${samplesText(blocker.samples, blocker.guests)}`),
      askList(blocker.asks, blocker.asksLeft, 3), obstacleList(blocker.obstacle, drain.host)));
  }
  const drainOf = new Map(drains.map(drain => [drain.host, drain]));
  function columnOf(kind) { return columns.findIndex(column => column.kinds.includes(kind)); }

  function showHost(index) {
    const host = hosts[index], drain = drainOf.get(index), kind = kinds[host.kind];
    const scope = data.within === 'cluster' && host.cluster !== null ? ' of its cluster' : '';
    const others = drain && drain.others === 1 ? `to the other host${scope}` : `to any of the ${drain ? number(drain.others) + ' ' : ''}other hosts${scope}`;
    const parts = [block('Host', el('ul', {},
      el('li', {}, 'cluster: ', host.cluster === null ? 'none' : link(host.cluster, () => showCluster(host.cluster))),
      el('li', {}, `kind: ${kindWords(kind)}, ${plural(size(kind, 'hosts'), 'host')} like this one`),
      drain ? el('li', {}, guestsOf(drain.guests)) : null,
      el('li', {}, link('its column in the matrix', () => showColumn(columnOf(host.kind))))))];
    if (!drain) {
      parts.push(block('Emptying it', el('p', {}, 'This page leaves out what blocks emptying this host, or nothing does.')));
    } else {
      const live = blocked(drain, 'live'), only = blocked(drain, 'only'), neither = blocked(drain, 'neither'), unknown = blocked(drain, 'unknown');
      const verdict = (count, tone, words) => el('p', { class: count ? tone : 'good' }, el('span', { class: 'tone' }, words));
      parts.push(block('Emptying it while the guests run', verdict(live, 'bad',
        live ? `${guestsOf(live)} cannot move ${others}.` : `${drain.liveCertain === false ? 'Probably no' : 'No'} guest’s CPU blocks it: every guest can move to another host${scope}.`)), ...blockerParts(drain, ways.live(drain)));
      parts.push(block('Emptying it with a stop', verdict(only, 'warn',
        only ? `${guestsOf(only)} would start here, but on no other host${scope}.` : `${drain.coldCertain === false ? 'Probably no' : 'No'} guest starts only here${neither || unknown ? '' : `: every guest would start on another host${scope}`}.`)), ...blockerParts(drain, ways.only(drain)));
      if (neither) parts.push(block('Lost by a stop', verdict(neither, 'bad', `${guestsOf(neither)} would start neither here nor on another host${scope}, once stopped.`)), ...blockerParts(drain, ways.neither(drain)));
      if (unknown) parts.push(block('Not known', verdict(unknown, 'warn', `Of ${guestsOf(unknown)} nobody can tell.`)), ...blockerParts(drain, ways.unknown(drain)));
      if (drain.withDevices) parts.push(block('Devices', el('p', {}, `${guestsOf(drain.withDevices)} with a device of this host must be stopped and changed, whatever the CPU is.`)));
    }
    open(`Host ${host.host}`, parts);
    byId('close').hidden = false;
  }
  function showColumn(x) {
    byId('matrix').scrollIntoView();
    if (x >= 0) focusField(Math.max(0, rows.findIndex((row, y) => !grid.tBodies[0].rows[y].hidden)), x);
  }

  function showAsk(indices) {
    const index = indices[0], ask = asks[index];
    const y = rows.findIndex(row => row.asks.includes(index));
    const total = sum(indices, one => asks[one].guests), windows = sum(indices, one => asks[one].windows || 0);
    const samples = indices.flatMap(one => asks[one].samples);
    const parts = [block('Guests', el('p', {}, `${guestsOf(total)}${windows ? `, ${number(windows)} of them Windows` : ''}.`), el('p', {}, samplesText(samples.slice(0, 5), total)),
      el('p', { class: 'quiet' }, 'All of them: the lines of the facts with ', el('code', {}, `"ask":"${ask.ask}"`), '.'))];
    const platforms = unique(indices.filter(one => asks[one].platform !== null).map(one => data.platforms[asks[one].platform]));
    if (platforms.length) parts.push(block('Platforms', el('ul', {}, platforms.slice(0, 12).map(text => el('li', {}, text)), platforms.length > 12 ? el('li', {}, `and ${platforms.length - 12} more`) : '')));
    if (ask.followsHost) parts.push(block('Follows its host', el('p', {}, 'These guests get another CPU on other kinds of hosts.')));
    if (y >= 0) {
      const row = rows[y];
      const yes = columns.filter((column, x) => row.answers[x] === 's');
      parts.push(block('Where it starts', el('p', {}, `On ${number(sum(yes, column => size(column, 'hosts')))} of ${plural(fleet.hosts, 'host')}. `, link('Show its row', () => { filter('all'); byId('matrix').scrollIntoView(); focusField(y, 0); }))));
      const groups = new Map();
      columns.forEach((column, x) => {
        for (const cause of row.why[x] || []) if (cause.asks === null || cause.asks.includes(index)) groups.set(cause.why, (groups.get(cause.why) || []).concat(x));
      });
      const entries = [...groups].slice(0, 12);
      if (entries.length) parts.push(block('Where not, and why', el('ul', {}, entries.map(([why, places]) => el('li', {}, el('strong', {}, unique(places).map(x => columnLabel(columns[x])).join('; ') + ': '), whyWords(why).join('; '))))));
    }
    open(askWords(index), parts);
    byId('close').hidden = false;
  }

  const baselineOf = new Map((data.baseline || []).map(one => [one.cluster, one]));
  const clusterOf = new Map(data.clusters.map(one => [one.cluster, one]));
  function stateInCluster(state, isOne) {
    const places = { everywhere: 'on every host of it', 'some-hosts': 'on some of its hosts', 'starts-nowhere': 'on none of its hosts' };
    return places[state.key] ? `${isOne ? 'starts' : 'start'} ${places[state.key]}` : isOne && state.one || state.words;
  }
  function showCluster(name) {
    const cluster = clusterOf.get(name), baseline = baselineOf.get(name);
    const there = new Set(cluster.hosts);
    const worst = drains.filter(drain => there.has(drain.host) && isStuck(drain))
      .sort((a, b) => blocked(b, 'live') - blocked(a, 'live') || blocked(b, 'only') - blocked(a, 'only'));
    const parts = [block('Within the cluster', el('ul', {}, states.concat({ key: 'unknown', words: 'of which nobody can tell' }).filter(state => cluster.states[state.key]).map(state =>
      el('li', {}, `${guestsOf(cluster.states[state.key])} ${stateInCluster(state, cluster.states[state.key] === 1)}`))),
    el('p', { class: 'quiet' }, `${plural(cluster.windows, 'Windows guest')}, ${number(cluster.withDevices)} with a device of their host.`))];
    if (worst.length) parts.push(block('Hosts that cannot be emptied', el('ul', {}, worst.slice(0, 20).map(drain => el('li', {}, link(hosts[drain.host].host, () => showHost(drain.host)),
      ` – ${number(blocked(drain, 'live'))} cannot move while they run, ${number(blocked(drain, 'only'))} start on no other host`)), worst.length > 20 ? el('li', {}, `and ${worst.length - 20} more`) : '')));
    if (cluster.refused.length) parts.push(block('Refused where they are, and why', el('ul', {}, cluster.refused.map(one => el('li', {}, el('strong', {}, `${number(one.guests)} × `), link(shortWords(one.asks[0]), () => showAsk([one.asks[0]])),
      size(one, 'asks') > 1 ? ` and ${plural(size(one, 'asks') - 1, 'similar CPU')}` : '', ` on ${kindWords(kinds[one.kind])}: ${whyWords(one.why, 8).join('; ')}. For example ${one.samples.join(', ')}.`)),
    cluster.refusedLeft ? el('li', {}, `and guests with ${plural(cluster.refusedLeft, 'more reason')}`) : '')));
    if (baseline) parts.push(block('One CPU for all of its hosts', baselineParts(baseline)));
    const members = new Map();
    for (const host of cluster.hosts) members.set(hosts[host].kind, (members.get(hosts[host].kind) || []).concat(host));
    parts.push(block(`${plural(size(cluster, 'hosts'), 'host')} of ${plural(members.size, 'kind')}`, el('ul', {}, [...members].map(([kind, list]) => el('li', {}, el('strong', {}, `${kindWords(kinds[kind])}: `),
      list.slice(0, 40).flatMap((host, place) => [place ? ', ' : '', link(hosts[host].host, () => showHost(host))]), list.length > 40 ? ` and ${list.length - 40} more` : '')))));
    open(name === null ? 'Hosts in no cluster' : `Cluster ${name}`, parts);
    byId('close').hidden = false;
  }

  function baselineParts(baseline) {
    if (baseline.cpu === null) return [el('p', {}, baseline.obstacle || 'There is none.')];
    const lines = baseline.costs.filter(cost => cost.lost.length).map(cost => el('li', {}, el('strong', {}, `${kindWords(kinds[cost.kind])} gives up: `), named(cost.lost).join(', ')));
    return [el('pre', {}, baseline.cpu.trim()), lines.length ? el('ul', {}, lines) : el('p', {}, 'No host gives anything up.'),
      el('p', {}, `${guestsOf(baseline.noticing.guests)} would see another CPU (${number(baseline.noticing.windows)} Windows), ${number(baseline.same)} would not.`)];
  }

  // MARK: Tables

  /** A table whose further rows a button shows; all of them are printed. */
  function list(place, heads, entries, draw, most = 25) {
    if (!entries.length) return byId(place).replaceChildren();
    const body = el('tbody', {}, entries.slice(0, most).map(draw));
    byId(place).replaceChildren(el('table', { class: 'list' }, el('thead', {}, el('tr', {}, heads.map(head =>
      el('th', { scope: 'col', class: head.startsWith('#') ? 'n' : null }, head.replace(/^#/, ''))))), body));
    if (entries.length <= most) return;
    const more = () => { body.append(...entries.slice(most).map(draw)); button.remove(); };
    const button = el('button', { type: 'button', class: 'plain', onclick: more }, `show all ${number(entries.length)}`);
    byId(place).append(button);
  }
  const cell = (count, tone) => el('td', { class: `n ${count ? tone || '' : 'zero'}` }, count && tone ? el('span', { class: 'tone' }, number(count)) : number(count));
  const bar = (count, most) => el('td', {}, el('div', { class: 'log' }, el('span', {}, number(count)), meter(count, most)));

  function drawClusters() {
    const stuck = new Map();
    for (const drain of drains) {
      const key = hosts[drain.host].cluster, entry = stuck.get(key) || { live: 0, cold: 0 };
      entry.live += drain.live.length > 0;
      entry.cold += drain.cold.some(startsHere);
      stuck.set(key, entry);
    }
    const bad = one => one.states['refused-where-it-is'] + one.states['starts-nowhere'];
    const live = one => (stuck.get(one.cluster) || { live: 0 }).live;
    const order = data.clusters.slice().sort((a, b) => bad(b) - bad(a) || live(b) - live(a) || b.states['cannot-leave'] - a.states['cannot-leave'] || b.states['some-hosts'] - a.states['some-hosts'] || b.guests - a.guests);
    const most = Math.max(1, ...order.map(one => one.guests)), worst = Math.max(1, ...order.map(bad));
    const affected = order.filter(bad).length;
    byId('clusters-lead').textContent = `As if a cluster’s hosts were all there are. ${affected ? `In ${affected} of ${order.length}, some guests would not start again where they are.` : 'In none of them would a guest not start again where it is.'} `
      + 'Hosts are “stuck running” if a guest on them can move to no other while it runs, and “stuck stopped” if one would start on no other.';
    list('clusters-table', ['cluster', '#hosts', '#kinds', 'guests', 'refused where they are', '#start only there', '#on some hosts', '#on every host', '#stuck running', '#stuck stopped', '#Windows'], order, one => el('tr', {},
      el('th', { scope: 'row', class: 'name' }, link(clusterName(one.cluster), () => showCluster(one.cluster))), cell(size(one, 'hosts')), cell(new Set(one.hosts.map(host => hosts[host].kind)).size), bar(one.guests, most),
      el('td', { class: bad(one) ? 'bad' : 'zero' }, el('div', { class: 'log' }, el('span', { class: bad(one) ? 'tone' : '' }, number(bad(one))), meter(bad(one), worst), el('span', { class: 'quiet' }, percent(bad(one), one.guests)))),
      cell(one.states['cannot-leave'], 'warn'), cell(one.states['some-hosts']), cell(one.states.everywhere), cell(live(one), 'bad'), cell((stuck.get(one.cluster) || { cold: 0 }).cold, 'warn'), cell(one.windows)), 15);
  }

  function drawDrain() {
    const all = drains.filter(drain => drain.live.length || ways.only(drain).length || ways.neither(drain).length)
      .map(drain => ({ drain, live: blocked(drain, 'live'), only: blocked(drain, 'only'), neither: blocked(drain, 'neither') }));
    all.sort((a, b) => b.live - a.live || b.only - a.only || b.neither - a.neither || a.drain.host - b.drain.host);
    const live = all.filter(one => one.live).length, only = all.filter(one => one.only).length, neither = all.filter(one => one.neither).length;
    const scope = data.within === 'cluster' ? ' of the cluster' : '';
    byId('drain-lead').textContent = `Of ${plural(fleet.hosts, 'host')}, ${number(live)} cannot be emptied while the guests run, because a guest can move to no other host${scope}. On ${only ? number(only) : 'none'}, a guest that is stopped starts there, but on no other host${scope}. `
      + `On ${neither ? number(neither) : 'none'}, guests would start on none, not even where they are: stopping them is what loses them, and they stand last. Devices of the host are not counted.`;
    const most = Math.max(1, ...all.map(one => Math.max(one.live, one.only, one.neither)));
    const count = (value, tone) => el('td', { class: value ? tone : 'zero' }, el('div', { class: 'log' }, el('span', { class: value ? 'tone' : '' }, number(value)), meter(value, most)));
    list('drain-table', ['host', 'cluster', '#guests', 'cannot move while they run', 'start only there', 'start neither there nor elsewhere', 'for example', 'why'], all, ({ drain, live, only, neither }) => {
      const worst = [...ways.live(drain), ...ways.only(drain), ...ways.neither(drain)][0], entry = obstacles[worst.obstacle][0];
      return el('tr', {}, el('th', { scope: 'row', class: 'name' }, link(hosts[drain.host].host, () => showHost(drain.host))), el('td', {}, clusterName(hosts[drain.host].cluster)), cell(drain.guests),
        count(live, 'bad'), count(only, 'warn'), count(neither, 'warn'),
        el('td', { class: 'wide' }, `${worst.samples[0] || ''} (${shortWords(worst.asks[0])})`), el('td', { class: 'wide' }, entry ? (entry.certain === false && entry.answer !== 'unknown' ? 'probably ' : '') + whyWords(entry.why, 6).join('; ') : 'there is no other host'));
    }, Math.min(30, Math.max(10, all.filter(one => isStuck(one.drain)).length)));
  }

  function drawBaselines() {
    const answers = data.baseline || [];
    const none = answers.filter(one => one.cpu === null).length;
    byId('baseline-lead').textContent = `The fastest CPU that every host of a cluster starts${none ? `; ${none} of ${answers.length} have none` : ''}. A guest with it can move to any of them. Click a cluster for its definition and what each kind of hosts gives up.`;
    const most = Math.max(1, ...answers.map(one => one.noticing.guests));
    list('baseline-table', ['cluster', 'CPU', '#hosts', 'guests that would see another CPU', '#of them Windows', '#see just this', 'hosts give up'], answers, one => {
      const costs = one.costs.filter(cost => cost.lost.length);
      return el('tr', {}, el('th', { scope: 'row' }, link(clusterName(one.cluster), () => showCluster(one.cluster))), el('td', {}, one.cpu === null ? one.obstacle || 'none' : `${one.words}${one.certain ? '' : ', probably'}`), cell(size(one, 'hosts')),
        bar(one.noticing.guests, most), cell(one.noticing.windows), cell(one.same),
        el('td', { class: 'wide' }, costs.length ? costs.map(cost => el('div', {}, el('span', { class: 'quiet' }, `${kindWords(kinds[cost.kind])}: `), named(cost.lost).join(', '))) : el('span', { class: 'zero' }, 'nothing')));
    }, 12);
  }

  function drawWindows() {
    const changes = data.windows.changes;
    const total = sum(data.windows.followers, answer => answer.guests);
    byId('windows-lead').textContent = total
      ? `${number(total)} of ${plural(fleet.windows, 'Windows guest')} get the CPU of their host${changes.length ? `. Where they would see another one, ${data.within === 'cluster' ? 'on a host of their own cluster, ' : ''}Windows can ask to be activated again` : ', and would see the same one on every other host of their cluster'}.`
      : `None of ${plural(fleet.windows, 'Windows guest')} follows its host.`;
    const most = Math.max(1, ...changes.map(change => change.guests));
    const models = indices => unique(indices.map(kind => kindWords(kinds[kind]))).join('; ');
    list('windows-table', ['guests', 'ask for', 'are on', 'and would see, if they start on', 'this change', 'for example'], changes, change => {
      const parts = [change.lost.length ? `lose ${named(change.lost).join(', ')}` : '', change.gained.length ? `gain ${named(change.gained).join(', ')}` : ''].filter(Boolean).join('; ');
      const modelWords = change.now === change.there ? '' : `${change.now} → ${change.there}`;
      const what = change.now === null || change.there === null ? 'nobody can tell' : (change.certain ? '' : 'probably ') + [modelWords, parts].filter(Boolean).join('; ');
      return el('tr', {}, bar(change.guests, most), el('td', {}, link(shortWords(change.asks[0]), () => showAsk([change.asks[0]])), change.asks.length > 1 ? el('span', { class: 'quiet' }, ` and ${plural(merged(change.asks).length - 1, 'other CPU')}`.replace(/^ and 0 .*/, '')) : ''), el('td', {}, kindWords(kinds[change.from])), el('td', {}, models(change.to)), el('td', { class: 'wide' }, what), el('td', { class: 'name' }, change.samples[0] || ''));
    }, 12);
  }

  function drawSets() {
    const { sets, oneWay, certain } = data.sets;
    const label = set => unique(set.map(kind => kindWords(kinds[kind]))).join('; ');
    const hostsOf = set => sum(set, kind => size(kinds[kind], 'hosts'));
    byId('oneway-lead').textContent = `${plural(sets.length, 'set')} of hosts exchange all their guests while they run. ${oneWay.length ? `Between ${plural(oneWay.length, 'pair')} of kinds, all guests can move in one direction only: they do not come back.` : ''}`;
    const targets = new Map();
    for (const pair of oneWay) targets.set(pair.from, (targets.get(pair.from) || []).concat((pair.certain ? '' : 'probably ') + kindWords(kinds[pair.to])));
    const exchanges = sets.map((set, place) => ({ set, words: certain[place] === 'y' ? '' : 'probably ' }));
    list('oneway-table', ['hosts', '#', 'exchange guests with', 'all guests can go to, but those from there not all back'], exchanges, ({ set, words }) => el('tr', {},
      el('th', { scope: 'row' }, kindWords(kinds[set[0]])), cell(hostsOf(set)), el('td', {}, set.length > 1 ? words + label(set.slice(1)) : size(kinds[set[0]], 'hosts') > 1 ? 'each other' : el('span', { class: 'zero' }, 'none: it is the only one')),
      el('td', { class: 'wide' }, unique(set.flatMap(kind => targets.get(kind) || [])).map(words => el('div', {}, words)))), 15);
  }

  function drawAbout() {
    const notes = [
      'Every answer is about CPUs alone: not about memory, storage, networks or devices.',
      'A guest is “refused” where libvirt or QEMU would not start it with the CPU that its definition asks for. It can still run there, if it was started before something changed.',
      'A feature or host that differs by + or − differs from the most hosts with the same processor model.',
    ];
    if (fleet.notJudged) notes.push(`${guestsOf(fleet.notJudged)} that QEMU does not run ${fleet.notJudged === 1 ? 'is' : 'are'} counted among those of which nobody can tell.`);
    if (fleet.onOtherHosts) notes.push(`${guestsOf(fleet.onOtherHosts)} ${fleet.onOtherHosts === 1 ? 'is on a host that was' : 'are on hosts that were'} not given.`);
    if (fleet.errors) notes.push(`${plural(fleet.errors, 'record')} could not be read, and ${fleet.errors === 1 ? 'is' : 'are'} not counted.`);
    notes.push('Of guests with the same CPU on the same host, only the first few are named.');
    const left = data.leftOut || [];
    byId('about-text').append(el('ul', {}, notes.map(note => el('li', {}, note)), left.map(note => el('li', { class: 'left-out' }, el('strong', {}, 'Left out, because the page would be too large: '), note, '. ', el('code', {}, 'virt-cpu fleet report --format json'), ' has all.'))),
      el('p', { class: 'quiet' }, document.querySelector('meta[name=generator]').content));
  }

  function drawNav() {
    const stuck = drains.filter(isStuck).length;
    const entries = [['matrix', 'Matrix', `${rows.length} × ${columns.length}`], ['clusters', 'Clusters', data.clusters.length], ['drain', 'Hosts not emptied', stuck], ['baseline', 'One CPU per cluster', ''],
      ['windows', 'Windows guests', sum(data.windows.followers, answer => answer.guests)], ['oneway', 'One-way pairs', data.sets.oneWay.length], ['about', 'Notes', '']];
    byId('sections').append(...entries.map(([id, words, count]) => el('a', { href: `#${id}` }, words, el('span', { class: 'count' }, typeof count === 'number' ? number(count) : count))));
  }

  // MARK: Search

  const input = byId('search'), found = byId('found');
  let results = [], chosen = -1;
  const samples = (() => {
    let known = null;
    /** Where each guest that is named stands: its CPU, and its host if it blocks one. */
    return () => {
      if (known) return known;
      known = new Map();
      asks.forEach((ask, index) => ask.samples.forEach(name => known.set(name, { ask: index })));
      rows.forEach((row, y) => (row.samples || []).forEach((list, x) => (list || []).forEach(name => { if (!known.has(name)) known.set(name, { field: [y, x] }); })));
      for (const drain of drains) for (const way of ['live', 'cold']) for (const blocker of drain[way]) for (const name of blocker.samples) known.set(name, { host: drain.host, ask: blocker.asks[0] });
      for (const change of data.windows.changes) for (const name of change.samples) if (!known.has(name)) known.set(name, { ask: change.asks[0] });
      return known;
    };
  })();

  function search(text) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    const most = 6, answers = [];
    const add = (candidates, what, make) => {
      const fits = candidates.filter(([name]) => name.toLowerCase().includes(wanted));
      fits.sort((a, b) => (b[0].toLowerCase() === wanted) - (a[0].toLowerCase() === wanted) || b[0].toLowerCase().startsWith(wanted) - a[0].toLowerCase().startsWith(wanted));
      answers.push(...fits.slice(0, most).map(fit => ({ name: fit[0], what: what(fit), open: () => make(fit) })));
      if (fits.length > most) answers.push({ name: `and ${number(fits.length - most)} more`, what: what(fits[0]).split(',')[0], open: null });
    };
    add(hosts.map((host, index) => [host.host, index]), ([, index]) => `host, ${clusterName(hosts[index].cluster)}`, ([, index]) => showHost(index));
    add(data.clusters.filter(one => one.cluster !== null).map(one => [one.cluster, one]), () => 'cluster', ([name]) => showCluster(name));
    add([...samples()], ([, place]) => place.host === undefined ? 'guest' : `guest, blocks ${hosts[place.host].host}`, ([, place]) => place.host !== undefined ? showHost(place.host) : place.ask !== undefined ? showAsk([place.ask]) : showField(...place.field));
    add(merged(asks.map((ask, index) => index)).map(group => [group.words, group.indices]), ([, indices]) => `CPU, ${guestsOf(sum(indices, index => asks[index].guests))}`, ([, indices]) => showAsk(indices));
    add(features.map(name => [name]), () => 'feature, rows in which it matters', ([name]) => { filter('all', name); byId('matrix').scrollIntoView(); });
    return answers;
  }
  function drawResults() {
    results = search(input.value);
    chosen = results.length ? 0 : -1;
    const isOpen = input.value.trim() !== '';
    found.hidden = !isOpen;
    input.setAttribute('aria-expanded', String(isOpen));
    found.replaceChildren(...(results.length ? results.map((result, index) => el('li', { role: result.open ? 'option' : 'presentation', id: `found-${index}`, 'aria-selected': String(index === chosen), onmousedown: event => { event.preventDefault(); choose(index); } },
      result.name, el('span', { class: 'what' }, result.what))) : [el('li', { class: 'quiet', role: 'presentation' }, 'Nothing with this name. Of guests, only samples are named in this page.')]));
    select(chosen);
  }
  function select(index) {
    chosen = index;
    [...found.children].forEach((item, place) => item.setAttribute('aria-selected', String(place === index)));
    if (index >= 0 && found.children[index]) {
      input.setAttribute('aria-activedescendant', `found-${index}`);
      found.children[index].scrollIntoView({ block: 'nearest' });
    } else {
      input.removeAttribute('aria-activedescendant');
    }
  }
  function choose(index) {
    const result = results[index];
    if (!result || !result.open) return;
    found.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    result.open();
  }
  input.addEventListener('input', drawResults);
  input.addEventListener('focus', () => { if (input.value) drawResults(); });
  input.addEventListener('blur', () => { found.hidden = true; input.setAttribute('aria-expanded', 'false'); });
  input.addEventListener('keydown', event => {
    const step = by => {
      let to = chosen + by;
      while (results[to] && !results[to].open) to += by;
      if (results[to]) select(to);
    };
    if (event.key === 'ArrowDown') { event.preventDefault(); step(1); }
    if (event.key === 'ArrowUp') { event.preventDefault(); step(-1); }
    if (event.key === 'Enter') { event.preventDefault(); choose(chosen); }
    if (event.key === 'Escape' && !found.hidden) { event.stopPropagation(); found.hidden = true; input.setAttribute('aria-expanded', 'false'); }
  });

  document.addEventListener('keydown', event => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && document.activeElement !== input) { event.preventDefault(); input.focus(); input.select(); }
    if (event.key === 'Escape' && !panel.classList.contains('empty')) close();
  });
  byId('close').addEventListener('click', close);

  // What is seen first is drawn first.
  header();
  legend();
  drawNav();
  drawMatrix();
  hint();
  const later = [drawClusters, drawDrain, drawBaselines, drawWindows, drawSets, drawAbout];
  const drawNext = () => {
    const next = later.shift();
    if (!next) { document.documentElement.dataset.ready = 'yes'; return; }
    next();
    setTimeout(drawNext);
  };
  requestAnimationFrame(() => setTimeout(drawNext));
  addEventListener('beforeprint', () => { while (later.length) later.shift()(); });
})();
