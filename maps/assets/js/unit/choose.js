// Which unit this phone is: one of the registered ones, or a new one.
import { settings } from '../shared/settings.js';
import { el } from '../shared/dom.js';
import { get, newId, post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { labelled, t } from '../shared/i18n.js';
import { halfOf } from '../shared/outcomes.js';
import { unitIcon } from '../map/icons.js';

export async function chooseUnit(room, onChosen) {
  const [units, state] = await Promise.all([unitsNow(), stateNow()]);
  const known = el(
    'div',
    { class: 'units' },
    units.map((unit) => unitButton(unit, onChosen)),
  );
  room.replaceChildren(
    el(
      'main',
      {},
      units.length ? labelled(el('h2'), 'unitpage.choose') : null,
      known,
      labelled(el('h2'), 'unitpage.register'),
      registration(onChosen, state),
    ),
  );
}

async function unitsNow() {
  return get('/units').catch(() => []);
}

// A training day registers training units unless told otherwise; a drone is one of the vehicles.
async function stateNow() {
  return get('/state').catch(() => ({ exercise: false, vehicles: [] }));
}

function unitButton(unit, onChosen) {
  const kind = labelled(el('small'), `kind.${unit.kind}`);
  return el(
    'button',
    { type: 'button', on: { click: () => onChosen(unit.id) } },
    unitIcon(unit),
    el('b', {}, halfOf(unit.name)),
    kind,
    unit.simulated ? labelled(el('small'), 'mark.exercise') : null,
  );
}

function registration(onChosen, { exercise, vehicles }) {
  const name = el('input', { id: 'unit-name', maxlength: 60, required: true, autocomplete: 'off' });
  const kind = el(
    'select',
    { id: 'unit-kind' },
    settings.unitKinds.map((k) => labelled(el('option', { value: k }), `kind.${k}`)),
  );
  const vehicle = el(
    'select',
    { id: 'unit-vehicle' },
    labelled(el('option', { value: '' }), 'unitpage.no_vehicle'),
    vehicles.map((v) => el('option', { value: v.id }, v.name || v.id)),
  );
  const which = el('label', { class: 'hidden' }, labelled(el('span'), 'unitpage.vehicle'), vehicle);
  kind.addEventListener('change', () => which.classList.toggle('hidden', kind.value !== 'drone'));
  const simulated = el('input', { type: 'checkbox', id: 'unit-simulated', checked: exercise });
  const send = labelled(el('button', { type: 'submit', class: 'primary' }), 'unitpage.go');
  const submit = async (event) => {
    event.preventDefault();
    const id = `unit-${newId().slice(0, 8)}`;
    const body = { id, name: name.value.trim(), kind: kind.value, simulated: simulated.checked };
    if (kind.value === 'drone') body.vehicle = vehicle.value;
    const unit = await act(send, () => post('/units', body));
    if (unit) onChosen(unit.id);
  };
  return el(
    'form',
    { class: 'form', on: { submit } },
    el('label', {}, labelled(el('span'), 'unitpage.name'), name),
    el('label', {}, labelled(el('span'), 'unitpage.kind'), kind),
    which,
    el('label', { class: 'check' }, simulated, labelled(el('span'), 'unitpage.simulated')),
    send,
  );
}
