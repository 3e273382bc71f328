'use strict';
// The page of `virt-cpu fleet report`. Everything that is shown comes from the JSON in the page, which is what
// `virt-cpu fleet report --format json` prints, and from what `FleetPageData` sums up of it. Names in it come from strangers: text is inserted as text, never as HTML.
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
  /** The first of a list. One more is as short as saying that there is one more. */
  const cut = (list, most) => list.slice(0, list.length === most + 1 ? most + 1 : most);

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
  /** The kind that gives a column its name, for each model: the model's own kind, or the one with the most hosts. */
  const namesakes = column => unique(column.kinds.map(kind => kinds[kind].model)).map(model => {
    const own = column.kinds.map(kind => kinds[kind]).filter(kind => kind.model === model);
    return own.find(kind => !signed(kind).length) || own.reduce((a, b) => size(b, 'hosts') > size(a, 'hosts') ? b : a);
  });
  /** The name of a kind. Kinds can differ by something that has no name here: those are numbered as they stand in the matrix. */
  const kindWords = (() => {
    const groups = new Map(), labels = new Map();
    for (const kind of unique([...columns.flatMap(column => column.kinds), ...kinds.keys()]).map(index => kinds[index])) {
      const words = [kind.model, ...signed(kind)].join(' ');
      groups.set(words, (groups.get(words) || []).concat(kind));
    }
    for (const [words, group] of groups) group.forEach((kind, place) => labels.set(kind, group.length > 1 ? `${words} (${place + 1})` : words));
    return kind => labels.get(kind);
  })();
  const columnLabel = column => namesakes(column).map(kindWords).join(', ');

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
      const shown = kept.length + 1 === rest.length ? rest : kept;
      return { model: words[0], words: shown, more: rest.length - shown.length };
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

  /** The first items in a list, and a button that adds the others. */
  function expandable(list, items, most, draw, left, leftWords = 'more') {
    const shown = cut(items, most), parts = [list];
    list.append(...shown.flatMap(draw));
    if (items.length > shown.length) {
      const button = link(`and ${number(items.length - shown.length)} more`, () => { list.append(...items.slice(shown.length).flatMap(draw)); button.remove(); });
      parts.push(button);
    }
    if (left) parts.push(el('p', { class: 'quiet' }, `and ${number(left)} ${leftWords}, which this page leaves out`));
    return parts;
  }

  /** Hosts by cluster, as text: `c03: hv0017, hv0018`. Clusters after the 24th host are behind a button. */
  function hostList(indices, left) {
    const groups = new Map();
    for (const index of indices) {
      const cluster = hosts[index].cluster;
      groups.set(cluster, (groups.get(cluster) || []).concat(index));
    }
    const entries = [...groups];
    let most = 0;
    for (let shown = 0; shown < 24 && most < entries.length; most += 1) shown += entries[most][1].length;
    return expandable(el('ul'), entries, most, ([cluster, members]) => el('li', {}, el('span', { class: 'quiet' }, `${clusterName(cluster)}: `), hostLinks(members)), left, 'more hosts');
  }
  const hostLinks = indices => indices.flatMap((host, place) => [place ? ', ' : '', link(hosts[host].host, () => showHost(host))]);
  const clusterLink = name => link(clusterName(name), () => showCluster(name));

  /** The CPUs of a row or of a blocker, as a list. */
  const askList = (indices, left, most = 8) => expandable(el('ul'), merged(indices), most, group =>
    el('li', {}, link(group.words, () => showAsk(group.indices)), ` – ${guestsOf(group.guests)} in the fleet`,
      group.indices.length > 1 ? el('span', { class: 'quiet' }, `, ${group.indices.length} platforms`) : ''), left);

  /** CPUs within a sentence: the first, and a button for the others. */
  function askLinks(indices, left) {
    const groups = merged(indices), shown = cut(groups, 1), rest = groups.slice(shown.length);
    const links = groups => groups.flatMap((group, place) => [place ? ', ' : '', link(shortWords(group.indices[0]), () => showAsk(group.indices))]);
    const others = link(plural(rest.length, 'other CPU'), () => others.replaceWith(...links(rest)));
    return [...links(shown), ...(rest.length ? [' and ', others] : []), left ? ` and ${number(left)} more, which this page leaves out,` : ''];
  }

  // MARK: Why

  /** Sentences for the reasons of a verdict, with the features in place of the ellipsis. */
  function whyWords(why, most = Infinity) {
    return reasons[why].map(reason => reason.text.endsWith('…')
      ? reason.text.slice(0, -1) + shortList(named(reason.features), most) : reason.text);
  }
  const shortList = (names, most, left = 0) => {
    const shown = left ? names.slice(0, most) : cut(names, most), more = names.length - shown.length + left;
    return shown.join(', ') + (more ? ` and ${number(more)} more` : '');
  };
  const whyFeatures = why => unique(reasons[why].flatMap(reason => named(reason.features)));
  const chips = names => el('div', {}, names.map(name => el('span', { class: 'chip' }, name)));
  const capital = text => /^\w+=/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
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
      const words = shortList(others.map(other => hosts[other].host), 6);
      return el('li', {}, el('strong', {}, `${words}: `), entry.answer === 'unknown' ? 'nobody can tell: ' : entry.certain === false ? 'probably ' : '', whyWords(entry.why).join('; '));
    }));
  }

  // MARK: States and tiles

  const refusedHere = 'refused-where-it-is';
  const states = [
    { key: refusedHere, tone: 'bad', words: 'are refused where they are', one: 'is refused where it is', means: 'would not start there again' },
    { key: 'starts-nowhere', tone: 'bad', words: 'start nowhere', one: 'starts nowhere', means: 'refused by every host' },
    { key: 'cannot-leave', tone: 'warn', words: 'cannot leave', one: 'cannot leave', means: 'refused by every other host' },
    { key: 'some-hosts', tone: '', words: 'start on some hosts', one: 'starts on some hosts', means: 'but not on all' },
    { key: 'everywhere', tone: 'good', words: 'start everywhere', one: 'starts everywhere', means: 'refused by no host' },
  ];
  /** How many guests of each row are in each state. */
  const stateCounts = rows.map(row => {
    const starting = columns.flatMap((column, x) => row.answers[x] === 's' ? [x] : []);
    const only = starting.length === 1 && size(columns[starting[0]], 'hosts') === 1 ? starting[0] : null;
    const stateOf = x => {
      if (row.answers[x] === 'r') return refusedHere;
      if (!/[su]/.test(row.answers)) return 'starts-nowhere';
      const isOnly = only !== null && x === only;
      if (row.answers.includes('u')) return starting.length && !isOnly ? 'some-hosts' : 'unknown';
      return isOnly ? 'cannot-leave' : row.answers.includes('r') ? 'some-hosts' : 'everywhere';
    };
    const counts = {}, add = (state, count) => { counts[state] = (counts[state] || 0) + count; };
    row.here.forEach((count, x) => add(stateOf(x), count));
    // The others are on no host that was given.
    add(stateOf(-1), row.guests - sum(row.here, count => count));
    return counts;
  });

  const drains = data.drain || [];
  const isOpen = blocker => obstacles[blocker.obstacle].some(entry => entry.answer === 'unknown');
  const isUnknown = blocker => blocker.here === 'unknown' || isOpen(blocker);
  /** Guests that cannot move to another host while they run (live), or of which nobody can tell (liveUnknown). Stopped, they
   * start here, but on no other host (only), start neither here nor there (neither), or nobody can tell (unknown). */
  const ways = {
    live: drain => drain.live.filter(blocker => !isOpen(blocker)), liveUnknown: drain => drain.live.filter(isOpen),
    only: drain => drain.cold.filter(blocker => blocker.here === 'starts' && !isOpen(blocker)),
    neither: drain => drain.cold.filter(blocker => (blocker.here || 'refuses') === 'refuses' && !isOpen(blocker)),
    unknown: drain => drain.cold.filter(isUnknown),
  };
  const blocked = (drain, way) => sum(ways[way](drain), blocker => blocker.guests);
  const isStuck = drain => blocked(drain, 'live') > 0 || blocked(drain, 'only') > 0;
  /** Where the guests of a host can go. */
  const within = cluster => data.within === 'cluster' && cluster !== null ? ' of its cluster' : '';

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
        type: 'button', class: `tile ${count || state.tone === 'good' ? state.tone : ''}`, 'aria-pressed': 'false', 'data-state': state.key, disabled: !count,
        onclick: () => {
          filter(shownState === state ? null : state);
          if (shownState && state.key === refusedHere) showRefused();
          showRows();
        },
        title: 'Show the rows with these guests',
      }, el('b', {}, number(count), ' ', el('span', { class: 'share' }, percent(count, fleet.guests))),
      ' ', el('span', { class: 'words' }, count === 1 ? state.one : state.words, ' ', el('span', { class: 'quiet' }, state.means)), meter(count, fleet.guests));
    }));
    const notes = ['Each guest is counted once, in the first of these states that holds: a guest that every host refuses counts as “refused where it is” if its own host is among those given.'];
    if (fleet.states.unknown) notes.push(`Of ${guestsOf(fleet.states.unknown)} nobody can tell where they start.`);
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
      + `${columns.length < kinds.length ? `There are fewer columns than the ${kinds.length} kinds of hosts, because kinds that start the same guests share one. ` : ''}`
      + 'The rows that start on the most hosts come first; a vertical line separates vendors. The number after the dot counts the hosts.';
    const vendor = column => kinds[column.kinds[0]].vendor;
    const first = columns.map((column, index) => index > 0 && vendor(column) !== vendor(columns[index - 1]));
    const labels = [];
    const head = el('tr', {}, el('th', { class: 'corner', scope: 'col' }, el('div', { id: 'filters', role: 'group', 'aria-label': 'Rows that are shown' }), 'CPU that the guests ask for'), el('th', { class: 'n', scope: 'col' }, 'guests'), el('th', { class: 'm' }, el('span', { class: 'hidden' }, 'guests, as a bar')),
      columns.map((column, index) => {
        const label = el('span', {}, namesakes(column).flatMap((kind, place) => [place ? ', ' : '', el('b', {}, kind.model), kindWords(kind).slice(kind.model.length)]), `\u00a0·\u00a0${number(size(column, 'hosts'))}`);
        labels.push(label);
        return el('th', { scope: 'col', class: `col ${first[index] ? 'first' : ''}`, title: `${vendor(column) || 'unknown vendor'}: ${columnLabel(column)}, ${plural(size(column, 'hosts'), 'host')}` }, label);
      }));
    upright(labels, 340);
    // On paper, the head is repeated on each page if it is low enough.
    addEventListener('beforeprint', () => upright(labels, 165));
    addEventListener('afterprint', () => upright(labels, 340));
    cells = rows.map((row, y) => columns.map((column, x) => {
      const name = fieldClass(row, x);
      const words = `${rowLabel(y)} on ${columnLabel(column)}: ${fieldWords[name]}${row.here[x] ? `: ${guestsOf(row.here[x])}` : ''}${isCertain(row, x) ? '' : ', not certain'}`;
      return el('td', { class: `f ${name}${first[x] ? ' first' : ''}`, role: 'gridcell', tabindex: '-1', 'aria-label': words, title: words }, signs[name] || '');
    }));
    const body = el('tbody', {}, rows.map((row, y) => {
      const label = rowLabels[y], groups = merged(row.asks).length - 1 + (row.asksLeft || 0);
      const tail = [label.more ? `and ${plural(label.more, 'feature')} more` : '', groups > 0 ? `and ${plural(groups, 'other CPU')}` : ''].filter(Boolean).join(', ');
      return el('tr', { 'data-row': y }, el('th', { scope: 'row', title: row.asks.slice(0, 12).map(askWords).join('\n') },
        // The details of a field lead there, too: the keys need not stop at each row.
        el('button', { type: 'button', class: 'row', tabindex: '-1', onclick: () => showAsk(merged(row.asks.filter(ask => askWords(ask) === askWords(row.asks[0])))[0].indices) },
          el('b', {}, label.model), label.words.length ? ' ' + label.words.map(minus).join(' ') : '', tail ? el('span', { class: 'more' }, ` ${tail}`) : '')),
      el('td', { class: 'n' }, number(row.guests)), el('td', { class: 'm' }, meter(row.guests, mostGuests)), cells[y]);
    }));
    grid = el('table', { id: 'grid', role: 'grid', 'aria-labelledby': 'matrix-title', 'aria-rowcount': rows.length + 1, 'aria-colcount': columns.length + 3 }, el('thead', {}, head), body);
    grid.addEventListener('click', event => {
      const place = placeOf(event.target.closest('td.f'));
      if (place) { focusField(...place); showField(...place); }
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

  let shownState = null;
  /** Shows the rows with guests in a state, or in which a feature matters, or all of them. */
  function filter(state, feature) {
    shownState = state;
    let count = 0;
    rows.forEach((row, y) => {
      const tr = grid.tBodies[0].rows[y], guests = state ? stateCounts[y][state.key] || 0 : row.guests;
      tr.hidden = state ? !guests : feature !== undefined && !mentions(row, feature);
      tr.querySelector('td.n').textContent = number(guests);
      tr.querySelector('td.m').replaceChildren(meter(guests, mostGuests));
      count += !tr.hidden;
    });
    const first = rows.findIndex((row, y) => !grid.tBodies[0].rows[y].hidden);
    if (first >= 0) setCurrent(first, current[1]);
    for (const tile of document.querySelectorAll('.tile')) tile.setAttribute('aria-pressed', String(state !== null && tile.dataset.state === state.key));
    const what = state ? `the guests that ${state.words}, and no others` : `“${feature}”`;
    byId('filters').replaceChildren(...(state || feature !== undefined ? [
      el('span', {}, `${number(count)} of ${plural(rows.length, 'row')}: ${what}`), el('button', { type: 'button', class: 'plain', onclick: () => filter(null) }, 'show all rows')] : []));
    say(`${plural(count, 'row')} shown`);
  }
  /** Scrolls to the first row that is shown, with room for the heads of the columns. */
  function showRows() { cells[current[0]][0].scrollIntoView({ block: 'center' }); }
  function mentions(row, words) {
    return row.asks.some(ask => asks[ask].words.split(' ').some(word => word.replace(/^[+-]/, '') === words))
      || row.why.some(causes => causes !== null && causes.some(cause => whyFeatures(cause.why).includes(words)));
  }

  // MARK: Details

  const panel = byId('panel');
  /** What gets the focus when the details are closed, and what had it before the search was called by its key. */
  let back = null, beforeSearch = null;
  const isClosed = () => panel.classList.contains('empty');
  function open(title, ...parts) {
    const focused = document.activeElement, isInside = panel.contains(focused);
    if (!isInside && (isClosed() || focused !== document.body)) back = focused;
    byId('details').replaceChildren(el('div', { class: 'head' }, el('h2', {}, title)), ...parts.flat().filter(Boolean));
    panel.hidden = false;
    panel.scrollTop = 0;
    panel.classList.remove('empty');
    byId('close').hidden = false;
    document.documentElement.classList.add('opened');
    mark(null);
    if (isInside) panel.focus({ preventScroll: true });
    // The details must not cover what they are about.
    if (document.querySelector('main').contains(focused)) focused.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    say(title);
  }
  function mark(place) {
    if (opened) cells[opened[0]][opened[1]].classList.remove('open');
    opened = place;
    if (place) cells[place[0]][place[1]].classList.add('open');
  }
  function close() {
    mark(null);
    document.documentElement.classList.remove('opened');
    hint();
  }
  function closeAndReturn() {
    const focused = document.activeElement, isElsewhere = focused !== document.body && !panel.contains(focused);
    close();
    if (isElsewhere || !back || !document.contains(back)) return;
    back.focus({ preventScroll: true });
    if (back === beforeSearch) back.scrollIntoView({ block: 'nearest' });
  }
  const wide = matchMedia('(min-width: 1680px)');
  function hint() {
    byId('details').replaceChildren(el('p', { class: 'quiet' }, 'Click a field of the matrix, a host, a cluster or a CPU: the details are shown here.'));
    panel.classList.add('empty');
    panel.hidden = !wide.matches;
    byId('close').hidden = true;
  }
  wide.addEventListener('change', () => { if (isClosed()) hint(); });
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
        cause.asks === null ? '' : shortList(merged(cause.asks).map(group => group.words), 2, cause.asksLeft),
        cause.kinds === null ? '' : `on ${unique(cause.kinds.map(kind => kindWords(kinds[kind]))).join(', ')}`,
      ].filter(Boolean).join(' ');
      const names = whyFeatures(cause.why), words = whyWords(cause.why).join('; ');
      return [el('p', {}, whose ? [el('strong', {}, `${whose}: `), words] : capital(words), '.'), names.length ? chips(names) : ''];
    };
    return expandable(el('div'), causes, 12, part);
  }
  const hostsBlock = column => block(`${plural(size(column, 'hosts'), 'host')}`,
    column.kinds.map(kind => el('p', { class: 'quiet' }, `${plural(size(kinds[kind], 'hosts'), 'host')}: ${kindWords(kinds[kind])}`)), hostList(column.hosts, column.hostsLeft));
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
      hostsBlock(column),
      block(`CPUs of the row, ${guestsOf(row.guests)}`, askList(row.asks, row.asksLeft)));
    mark([y, x]);
  }

  const they = count => count === 1 ? 'it' : 'they';
  /** The guests of a way, with the words about them beside the first of them. */
  function wayParts(drain, way, title, tone, words) {
    const [first, ...others] = ways[way](drain).map(blocker => el('div', { class: 'block' },
      el('p', {}, el('strong', {}, guestsOf(blocker.guests)), blocker.windows ? ` (${number(blocker.windows)} Windows)` : '', `: ${samplesText(blocker.samples, blocker.guests)}`),
      askList(blocker.asks, blocker.asksLeft, 3), obstacleList(blocker.obstacle, drain.host)));
    return first ? [block(title, el('p', { class: tone }, el('span', { class: 'tone' }, words(guestsOf(blocked(drain, way)), they(blocked(drain, way))))), first), ...others] : [];
  }
  const drainOf = new Map(drains.map(drain => [drain.host, drain]));
  function columnOf(kind) { return columns.findIndex(column => column.kinds.includes(kind)); }

  /** How a host can be emptied, in one sum. Guests with a device and those that their CPU keeps here can be the same. */
  function emptyingBlock(drain, scope) {
    const count = Object.fromEntries(Object.keys(ways).map(way => [way, blocked(drain, way)]));
    const kept = sum(drain.live, blocker => blocker.guests), devices = drain.withDevices - sum(drain.live, blocker => blocker.withDevices || 0);
    const moving = drain.guests - kept - devices, isAll = moving === drain.guests;
    const lines = [
      [drain.others && count.live, 'bad', `${number(count.live)} cannot, because of the CPU`],
      [count.liveUnknown, 'warn', `of ${number(count.liveUnknown)} nobody can tell whether ${they(count.liveUnknown)} can move`],
      [devices, 'warn', `${number(devices)} ${kept ? 'more ' : ''}${devices === 1 ? 'has' : 'have'} a device of this host, and must be stopped whatever the CPU is`],
      [drain.others && count.only, 'warn', `${number(count.only)} cannot leave when stopped: refused by every other host${scope}`],
      [count.neither, 'bad', `${number(count.neither)} would not start again when stopped: refused here${drain.others ? ` and on every other host${scope}` : ''}`],
      [count.unknown, 'warn', `of ${number(count.unknown)} nobody can tell whether ${they(count.unknown)} would start when stopped`],
    ].filter(([many]) => many);
    const who = isAll ? (moving === 1 ? 'The only guest' : `All ${guestsOf(moving)}`) : `${moving ? number(moving) : 'None'} of ${guestsOf(drain.guests)}`;
    const probably = drain.liveCertain === false ? 'probably ' : '';
    const stopped = drain.cold.length ? '' : ` When stopped, ${drain.coldCertain === false ? 'probably ' : ''}every guest starts on another host${scope}.`;
    const words = !drain.guests ? 'No guest is on it.' : !drain.others ? `There is no other host${scope} to move ${guestsOf(drain.guests)} to.`
      : `${who} can ${probably}move to another host${scope} while ${moving === 1 && isAll ? 'it runs' : 'they run'}.${stopped}`;
    const isFree = !lines.length && (drain.others || !drain.guests);
    return block('Emptying it', el('p', { class: `verdict ${isFree ? 'good' : ''}` }, el('span', { class: 'tone' }, words)),
    el('ul', {}, lines.map(([, tone, words]) => el('li', { class: tone }, el('span', { class: 'tone' }, words)))));
  }

  function showHost(index) {
    const host = hosts[index], drain = drainOf.get(index), kind = kinds[host.kind];
    const scope = within(host.cluster);
    const parts = [el('p', { class: 'head' }, host.cluster === null ? 'In no cluster' : ['Cluster ', clusterLink(host.cluster)],
      `; one of ${plural(size(kind, 'hosts'), 'host')} of the kind ${kindWords(kind)} (`, link('its column in the matrix', () => goToColumn(columnOf(host.kind))), ')',
      drain ? `; ${guestsOf(drain.guests)}, ${plural(drain.others, 'other host')}${scope}` : '')];
    if (drain) {
      parts.push(emptyingBlock(drain, scope), ...wayParts(drain, 'live', 'Cannot move while they run', 'bad', guests => `${guests} can move to no other host${scope}.`),
        ...wayParts(drain, 'liveUnknown', 'Not known: moving', 'warn', (guests, they) => `Of ${guests} nobody can tell whether ${they} can move to another host${scope} while running.`),
        ...wayParts(drain, 'unknown', 'Not known: starting', 'warn', (guests, they) => `Of ${guests} nobody can tell whether ${they} would start on another host${scope} when stopped.${drain.live.length ? '' : ' No CPU keeps a running guest here.'}`),
        ...wayParts(drain, 'only', 'Cannot leave', 'warn', guests => `${guests} would start here again when stopped, but on no other host${scope}.`),
        ...wayParts(drain, 'neither', 'Refused here and on every other host', 'bad', guests => `${guests} would start neither here nor on another host${scope} when stopped.`));
    } else {
      parts.push(block('Emptying it', el('p', {}, 'This page leaves out what blocks emptying this host, or nothing does.')));
    }
    open(`Host ${host.host}`, parts);
  }
  function showColumn(x) {
    open(columnLabel(columns[x]), block('In the matrix', link('Show its column', () => goToColumn(x))), hostsBlock(columns[x]));
  }
  function goToColumn(x) {
    byId('matrix').scrollIntoView();
    if (x >= 0) focusField(Math.max(0, rows.findIndex((row, y) => !grid.tBodies[0].rows[y].hidden)), x);
  }

  function showAsk(indices) {
    const index = indices[0], ask = asks[index];
    const y = rows.findIndex(row => row.asks.includes(index));
    const total = sum(indices, one => asks[one].guests), windows = sum(indices, one => asks[one].windows || 0);
    const samples = indices.flatMap(one => asks[one].samples);
    const parts = [block('Guests', el('p', {}, `${guestsOf(total)}${windows ? `, ${number(windows)} of them Windows` : ''}.`), el('p', {}, samplesText(cut(samples, 5), total)),
      el('p', { class: 'quiet' }, 'To list all of them, search the file that ', el('code', {}, 'virt-cpu facts'), ' wrote, here facts.ndjson:'),
      el('pre', {}, `grep -E '"ask":"(${indices.map(one => asks[one].ask).join('|')})"' facts.ndjson`))];
    const platforms = unique(indices.filter(one => asks[one].platform !== null).map(one => data.platforms[asks[one].platform]));
    if (platforms.length) parts.push(block('Platforms', expandable(el('ul'), platforms, 12, text => el('li', {}, text))));
    if (ask.followsHost) parts.push(block('Follows its host', el('p', {}, 'These guests get another CPU on other kinds of hosts.')));
    if (y >= 0) {
      const row = rows[y];
      const yes = columns.filter((column, x) => row.answers[x] === 's');
      parts.push(block('Where it starts', el('p', {}, `On ${number(sum(yes, column => size(column, 'hosts')))} of ${plural(fleet.hosts, 'host')}. `, link('Show its row', () => { filter(null); byId('matrix').scrollIntoView(); focusField(y, 0); }))));
      const groups = new Map();
      columns.forEach((column, x) => {
        for (const cause of row.why[x] || []) if (cause.asks === null || cause.asks.includes(index)) groups.set(cause.why, (groups.get(cause.why) || []).concat(x));
      });
      if (groups.size) parts.push(block('Where not, and why', expandable(el('ul'), [...groups], 12, ([why, places]) => el('li', {}, el('strong', {}, unique(places).map(x => columnLabel(columns[x])).join('; ') + ': '), whyWords(why).join('; ')))));
      const others = row.asks.filter(one => !indices.includes(one));
      if (others.length) parts.push(block('Other CPUs of its row', askList(others, row.asksLeft)));
    }
    open(askWords(index), parts);
  }

  /** Guests that their own host refuses, by kind and reason, those with the most guests first. */
  const refusedList = ({ refused, refusedLeft }) => expandable(el('ul'), refused, 20, one => el('li', {}, el('strong', {}, `${number(one.guests)} × `), askLinks(one.asks, one.asksLeft),
    ` on ${kindWords(kinds[one.kind])}: ${whyWords(one.why, 8).join('; ')}. ${one.samples.length ? `For example ${one.samples.join(', ')}.` : ''}`), refusedLeft, 'more kinds and reasons');
  function showRefused() {
    open('Refused where they are, and why', el('div', { class: 'head' }, el('h3', {}, `${guestsOf(fleet.states[refusedHere])} in the fleet`), refusedList(data)));
  }

  const baselineOf = new Map((data.baseline || []).map(one => [one.cluster, one]));
  const clusterOf = new Map(data.clusters.map(one => [one.cluster, one]));
  function stateInCluster(state, isOne) {
    const places = { everywhere: 'on every host of it', 'some-hosts': 'on some of its hosts' };
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
    if (worst.length) parts.push(block('Hosts that cannot be emptied', expandable(el('ul'), worst, 20, drain => el('li', {}, hostLinks([drain.host]),
      ` – ${number(blocked(drain, 'live'))} cannot move while they run, ${number(blocked(drain, 'only'))} cannot leave`))));
    if (cluster.refused.length) parts.push(block('Refused where they are, and why', refusedList(cluster)));
    if (baseline) parts.push(block('One CPU for all of its hosts', baselineParts(baseline)));
    const members = new Map();
    for (const host of cluster.hosts) members.set(hosts[host].kind, (members.get(hosts[host].kind) || []).concat(host));
    parts.push(block(`${plural(size(cluster, 'hosts'), 'host')} of ${plural(members.size, 'kind')}`, el('ul', {}, [...members].map(([kind, list]) => el('li', {}, el('strong', {}, `${kindWords(kinds[kind])}: `),
      hostLinks(cut(list, 40)), list.length > 41 ? ` and ${list.length - 40} more` : '')))));
    open(name === null ? 'Hosts in no cluster' : `Cluster ${name}`, parts);
  }

  function baselineParts(baseline) {
    if (baseline.cpu === null) return [el('p', {}, baseline.obstacle || 'There is none.')];
    const lines = baseline.costs.filter(cost => cost.lost.length).map(cost => el('li', {}, el('strong', {}, `${kindWords(kinds[cost.kind])} gives up: `), named(cost.lost).join(', ')));
    return [el('pre', {}, baseline.cpu.trim()), lines.length ? el('ul', {}, lines) : el('p', {}, 'No host gives anything up.'),
      el('p', {}, `${guestsOf(baseline.noticing.guests)} would see another CPU (${number(baseline.noticing.windows)} Windows), ${number(baseline.same)} would not.`)];
  }

  // MARK: Tables

  /** A table whose further rows a button shows. On paper, it says how many there are. */
  function list(place, heads, entries, draw, most = 25, others = `show all ${number(entries.length)}`) {
    if (!entries.length) return byId(place).replaceChildren();
    const body = el('tbody', {}, entries.slice(0, most).map(draw));
    byId(place).replaceChildren(el('table', { class: 'list' }, el('thead', {}, el('tr', {}, heads.map(head =>
      el('th', { scope: 'col', class: head.startsWith('#') ? 'n' : null }, head.replace(/^#/, ''))))), body));
    if (entries.length <= most) return;
    const more = () => { body.append(...entries.slice(most).map(draw)); button.remove(); note.remove(); };
    const button = el('button', { type: 'button', class: 'plain', onclick: more }, others);
    const note = el('p', { class: 'paper' }, `${number(most)} of ${number(entries.length)} shown`);
    byId(place).append(button, note);
  }
  const cell = (count, tone) => el('td', { class: `n ${count ? tone || '' : 'zero'}` }, count && tone ? el('span', { class: 'tone' }, number(count)) : number(count));
  const bar = (count, most) => el('td', {}, el('div', { class: 'log' }, el('span', {}, number(count)), meter(count, most)));

  function drawClusters() {
    const stuck = new Map();
    for (const drain of drains) {
      const key = hosts[drain.host].cluster, entry = stuck.get(key) || { live: 0, cold: 0 };
      entry.live += blocked(drain, 'live') > 0;
      entry.cold += blocked(drain, 'only') > 0;
      stuck.set(key, entry);
    }
    // Their guests are on hosts that were given: those that start nowhere are refused where they are.
    const bad = one => one.states[refusedHere];
    const live = one => (stuck.get(one.cluster) || { live: 0 }).live;
    const order = data.clusters.slice().sort((a, b) => bad(b) - bad(a) || live(b) - live(a) || b.states['cannot-leave'] - a.states['cannot-leave'] || b.states['some-hosts'] - a.states['some-hosts'] || b.guests - a.guests);
    const most = Math.max(1, ...order.map(one => one.guests)), worst = Math.max(1, ...order.map(bad));
    const affected = order.filter(bad).length;
    byId('clusters-lead').textContent = `As if a cluster’s hosts were all there are. ${affected ? `In ${affected} of ${order.length}, some guests are refused where they are.` : 'No guest is refused where it is.'} `
      + 'A guest cannot move if no other host takes it over while it runs, and cannot leave if no other host starts it.';
    list('clusters-table', ['cluster', '#hosts', '#kinds', 'guests', 'refused where they are', '#cannot leave', '#start on some hosts', '#start everywhere', '#hosts: some cannot move', '#hosts: some cannot leave', '#Windows'], order, one => el('tr', {},
      el('th', { scope: 'row', class: 'name' }, clusterLink(one.cluster)), cell(size(one, 'hosts')), cell(new Set(one.hosts.map(host => hosts[host].kind)).size), bar(one.guests, most),
      el('td', { class: bad(one) ? 'bad' : 'zero' }, el('div', { class: 'log' }, el('span', { class: bad(one) ? 'tone' : '' }, number(bad(one))), meter(bad(one), worst), el('span', { class: 'quiet' }, percent(bad(one), one.guests)))),
      cell(one.states['cannot-leave'], 'warn'), cell(one.states['some-hosts']), cell(one.states.everywhere), ...(data.drainLeft ? [el('td', { class: 'n' }, '?'), el('td', { class: 'n' }, '?')] : [cell(live(one), 'bad'), cell((stuck.get(one.cluster) || { cold: 0 }).cold, 'warn')]), cell(one.windows)), 15);
  }

  function drawDrain() {
    const all = drains.filter(drain => drain.live.length || drain.cold.length)
      .map(drain => ({ drain, ...Object.fromEntries(Object.keys(ways).map(way => [way, blocked(drain, way)])) }));
    const order = Object.keys(ways);
    all.sort((a, b) => order.reduce((found, way) => found || b[way] - a[way], 0) || a.drain.host - b.drain.host);
    const having = way => all.filter(one => one[way]).length;
    const stuck = all.filter(one => isStuck(one.drain)).length, others = all.length - stuck, open = all.filter(one => !isStuck(one.drain) && one.liveUnknown).length;
    const scope = data.within === 'cluster' ? ' of the cluster' : '';
    const left = data.drainLeft ? `This page leaves out ${plural(data.drainLeft, 'host')} with fewer such guests. ` : '';
    byId('drain-lead').textContent = left + `Of ${data.drainLeft ? 'the others' : plural(fleet.hosts, 'host')}, ${number(having('live'))} cannot be emptied while the guests run, because a guest on them can move to no other host${scope}. ${having('only') ? plural(having('only'), 'host has', 'hosts have') : 'None has'} guests that cannot leave: when stopped, they start there, but on no other host${scope}. `
      + (open ? `Of ${plural(open, 'host')} nobody can tell whether all guests can move. ` : '')
      + (others > open ? `${plural(others - open, 'other host')} can be emptied while the guests run, but when stopped, some guests are refused there and on every other host${scope}, or nobody can tell whether they start. ` : '') + 'Devices of the host are not counted.';
    const most = Math.max(1, ...all.map(one => Math.max(one.live, one.only, one.neither)));
    const count = (value, tone) => el('td', { class: value ? tone : 'zero' }, el('div', { class: 'log' }, el('span', { class: value ? 'tone' : '' }, number(value)), meter(value, most)));
    const shown = Math.min(30, stuck || 10);
    list('drain-table', ['host', 'cluster', '#guests', 'cannot move while they run', 'cannot leave', 'refused there and on every other', 'nobody can tell', 'for example', 'why'], all, one => {
      const { drain } = one, worst = order.flatMap(way => ways[way](drain))[0], entry = obstacles[worst.obstacle][0];
      const unknown = [one.liveUnknown ? `${number(one.liveUnknown)} whether they move` : '', one.unknown ? `${number(one.unknown)} whether they start` : ''].filter(Boolean);
      return el('tr', {}, el('th', { scope: 'row', class: 'name' }, hostLinks([drain.host])), el('td', {}, clusterLink(hosts[drain.host].cluster)), cell(drain.guests),
        count(one.live, 'bad'), count(one.only, 'warn'), count(one.neither, 'bad'), el('td', { class: unknown.length ? 'name' : 'zero' }, unknown.length ? unknown.map(words => el('div', {}, words)) : '0'),
        el('td', { class: 'wide' }, `${worst.samples[0] || ''} (${shortWords(worst.asks[0])})`), el('td', { class: 'wide' }, entry ? (entry.answer === 'unknown' ? 'nobody can tell: ' : entry.certain === false ? 'probably ' : '') + whyWords(entry.why, 6).join('; ') : 'there is no other host'));
    }, shown, shown === stuck ? `also show the ${plural(others, 'other host')}, with guests that may not start again when stopped${open ? ' or may not move' : ''}` : undefined);
  }

  function drawBaselines() {
    const answers = data.baseline || [];
    const none = answers.filter(one => one.cpu === null).length;
    byId('baseline-lead').textContent = `The fastest CPU that every host of a cluster starts${none ? `; ${none} of ${answers.length} have none` : ''}. A guest with it can move to any of them. Click a cluster for its definition and what each kind of hosts gives up.`;
    const most = Math.max(1, ...answers.map(one => one.noticing.guests));
    list('baseline-table', ['cluster', 'CPU', '#hosts', 'guests that would see another CPU', '#of them Windows', '#see just this', 'hosts give up'], answers, one => {
      const costs = one.costs.filter(cost => cost.lost.length);
      return el('tr', {}, el('th', { scope: 'row' }, clusterLink(one.cluster)), el('td', {}, one.cpu === null ? one.obstacle || 'none' : `${one.words}${one.certain ? '' : ', probably'}`), cell(size(one, 'hosts')),
        bar(one.noticing.guests, most), cell(one.noticing.windows), cell(one.same),
        el('td', { class: 'wide' }, costs.length ? costs.map(cost => el('div', {}, el('span', { class: 'quiet' }, `${kindWords(kinds[cost.kind])}: `), named(cost.lost).join(', '))) : el('span', { class: 'zero' }, 'nothing')));
    }, 12);
  }

  function drawWindows() {
    const changes = data.windows.changes, left = data.windows.changesLeft || 0;
    const total = sum(data.windows.followers, answer => answer.guests);
    byId('windows-lead').textContent = total
      ? `${number(total)} of ${plural(fleet.windows, 'Windows guest')} get the CPU of their host${changes.length || left ? `. Where they would see another one, ${data.within === 'cluster' ? 'on a host of their own cluster, ' : ''}Windows can ask to be activated again` : ', and would see the same one on every other host of their cluster'}.`
      : `None of ${plural(fleet.windows, 'Windows guest')} follows its host.`;
    if (left) byId('windows-lead').append(` This page leaves out ${plural(left, 'such change')}.`);
    const most = Math.max(1, ...changes.map(change => change.guests));
    const models = indices => unique(indices.map(kind => kindWords(kinds[kind]))).join('; ');
    list('windows-table', ['guests', 'ask for', 'are on', 'and would see, if they start on', 'this change', 'for example'], changes, change => {
      const parts = [change.lost.length ? `lose ${named(change.lost).join(', ')}` : '', change.gained.length ? `gain ${named(change.gained).join(', ')}` : ''].filter(Boolean).join('; ');
      const modelWords = change.now === change.there ? '' : `${change.now} → ${change.there}`;
      const what = change.now === null || change.there === null ? 'nobody can tell' : (change.certain ? '' : 'probably ') + [modelWords, parts].filter(Boolean).join('; ');
      return el('tr', {}, bar(change.guests, most), el('td', {}, askLinks(change.asks)), el('td', {}, kindWords(kinds[change.from])), el('td', {}, models(change.to)), el('td', { class: 'wide' }, what), el('td', { class: 'name' }, change.samples[0] || ''));
    }, 12);
  }

  function drawSets() {
    const { sets, oneWay, certain } = data.sets;
    const label = set => unique(set.map(kind => kindWords(kinds[kind]))).join('; ');
    const hostsOf = set => sum(set, kind => size(kinds[kind], 'hosts'));
    byId('oneway-lead').textContent = `${plural(sets.length, 'set')} of hosts exchange all their guests while they run. ${oneWay.length ? `Between ${plural(oneWay.length, 'pair')} of kinds, all guests can move in one direction only: they do not come back.` : ''}`;
    const targets = new Map();
    for (const pair of oneWay) targets.set(pair.from, (targets.get(pair.from) || []).concat((pair.certain ? '' : 'probably ') + kindWords(kinds[pair.to])));
    const targetsOf = set => unique(set.flatMap(kind => targets.get(kind) || []));
    const exchanges = sets.map((set, place) => ({ set, words: certain[place] === 'y' ? '' : 'probably ', to: targetsOf(set) }));
    exchanges.sort((a, b) => (b.to.length > 0) - (a.to.length > 0));
    list('oneway-table', ['hosts', '#', 'exchange guests with', 'all guests can go to, but those from there not all back'], exchanges, ({ set, words, to }) => el('tr', {},
      el('th', { scope: 'row' }, kindWords(kinds[set[0]])), cell(hostsOf(set)), el('td', {}, set.length > 1 ? words + label(set.slice(1)) : size(kinds[set[0]], 'hosts') > 1 ? 'each other' : el('span', { class: 'zero' }, 'none: it is the only one')),
      el('td', { class: 'wide' }, to.map(words => el('div', {}, words)))), 15);
  }

  function drawAbout() {
    const notes = [
      'Every answer is about CPUs alone: not about memory, storage, networks or devices.',
      'A guest is “refused” where libvirt or QEMU would not start it with the CPU that its definition asks for. It can still run there, if it was started before something changed.',
      'A kind of hosts with + or − differs by these features from the most hosts with the same processor model. Kinds with the same name and a number, as in “(2)”, differ by something that has no name here.',
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
    const entries = [['matrix', 'Matrix', `${rows.length} × ${columns.length}`], ['clusters', 'Clusters', data.clusters.length], ['drain', 'Hosts not emptied', data.drainLeft ? `${number(stuck)} or more` : stuck], ['baseline', 'One CPU per cluster', ''],
      ['windows', 'Windows guests', sum(data.windows.followers, answer => answer.guests)], ['oneway', 'One-way pairs', data.sets.oneWay.length], ['about', 'Notes', '']];
    byId('sections').append(...entries.map(([id, words, count]) => el('a', { href: `#${id}` }, words, el('span', { class: 'count' }, typeof count === 'number' ? number(count) : count))));
  }

  // MARK: Search

  const input = byId('search'), found = byId('found');
  let results = [], chosen = -1;
  const samples = (() => {
    let known = null;
    /** Where each guest that is named stands: its CPU or field, and the host that it cannot leave, with what is known of it. */
    return () => {
      if (known) return known;
      known = new Map();
      asks.forEach((ask, index) => ask.samples.forEach(name => known.set(name, { ask: index })));
      rows.forEach((row, y) => (row.samples || []).forEach((list, x) => (list || []).forEach(name => { if (!known.has(name)) known.set(name, { field: [y, x] }); })));
      const relations = {
        live: 'cannot move while it runs', liveUnknown: 'not known whether it can move', only: 'cannot leave: no other host starts it',
        neither: 'refused there and on every other host', unknown: 'not known whether it starts elsewhere',
      };
      for (const drain of drains) for (const [way, words] of Object.entries(relations)) for (const blocker of ways[way](drain)) for (const name of blocker.samples) {
        const earlier = known.get(name);
        known.set(name, { host: drain.host, words: earlier && earlier.host === drain.host ? `${earlier.words}; ${words}` : `${hosts[drain.host].host}: ${words}` });
      }
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
      const shown = cut(fits, most);
      answers.push(...shown.map(fit => ({ name: fit[0], what: what(fit), open: () => make(fit) })));
      if (fits.length > shown.length) answers.push({ name: `and ${number(fits.length - shown.length)} more`, what: what(fits[0]).split(',')[0], open: null });
    };
    add(hosts.map((host, index) => [host.host, index]), ([, index]) => `host, ${clusterName(hosts[index].cluster)}`, ([, index]) => showHost(index));
    add(data.clusters.filter(one => one.cluster !== null).map(one => [one.cluster, one]), () => 'cluster', ([name]) => showCluster(name));
    add([...samples()], ([, place]) => place.host === undefined ? 'guest' : `guest, on ${place.words}`, ([, place]) => place.host !== undefined ? showHost(place.host) : place.ask !== undefined ? showAsk([place.ask]) : showField(...place.field));
    add(merged(asks.map((ask, index) => index)).map(group => [group.words, group.indices]), ([, indices]) => `CPU, ${guestsOf(sum(indices, index => asks[index].guests))}`, ([, indices]) => showAsk(indices));
    const kindNames = new Map(columns.flatMap((column, x) => [...column.kinds.map(kind => [kindWords(kinds[kind]), x]), [columnLabel(column), x]]));
    add([...kindNames], ([, x]) => `kind of hosts, ${plural(size(columns[x], 'hosts'), 'host')}`, ([, x]) => showColumn(x));
    add(features.map(name => [name]), () => 'feature, rows in which it matters', ([name]) => { filter(null, name); showRows(); });
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
    hideResults();
    filter(null);
    close();
    result.open();
    if (isClosed()) return;
    panel.focus({ preventScroll: true });
    if (beforeSearch) back = beforeSearch;
  }
  function hideResults() {
    found.hidden = true;
    input.setAttribute('aria-expanded', 'false');
  }
  input.addEventListener('input', drawResults);
  input.addEventListener('focus', () => { beforeSearch = null; });
  input.addEventListener('mousedown', () => { if (input.value) drawResults(); });
  input.addEventListener('blur', hideResults);
  input.addEventListener('keydown', event => {
    const step = by => {
      let to = chosen + by;
      while (results[to] && !results[to].open) to += by;
      if (results[to]) select(to);
    };
    if (event.key === 'ArrowDown') { event.preventDefault(); if (found.hidden) drawResults(); else step(1); }
    if (event.key === 'ArrowUp') { event.preventDefault(); step(-1); }
    if (event.key === 'Enter') { event.preventDefault(); choose(chosen); }
    if (event.key === 'Escape' && !found.hidden) { event.stopPropagation(); hideResults(); }
  });

  document.addEventListener('keydown', event => {
    const focused = document.activeElement;
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && focused !== input) {
      event.preventDefault();
      input.focus();
      input.select();
      beforeSearch = panel.contains(focused) ? back : focused === document.body ? null : focused;
    }
    if (event.key === 'Escape' && !isClosed()) closeAndReturn();
  });
  byId('close').addEventListener('click', closeAndReturn);

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
