// A new door for another system: named, and then its address, its secret and a sample body, shown once.
import { el } from '../shared/dom.js';
import { post } from '../shared/api.js';
import { act } from '../shared/act.js';
import { labelled } from '../shared/i18n.js';

export function intakeForm(classes, isExercise, onOpened) {
  const name = el('input', { id: 'intake-name', maxlength: 100, required: true, autocomplete: 'off' });
  const klass = el(
    'select',
    { id: 'intake-class' },
    classes.all().map((one) => el('option', { value: one.id }, classes.name(one.id))),
  );
  const exercise = el('input', { type: 'checkbox', checked: isExercise });
  const open = labelled(el('button', { type: 'submit' }), 'systems.open');
  const shown = el('div', { class: 'stack', id: 'intake-new' });
  const submit = async (event) => {
    event.preventDefault();
    const body = { name: name.value.trim(), klass: klass.value, exercise: exercise.checked };
    const made = await act(open, () => post('/intakes', body));
    if (!made) return;
    name.value = '';
    shown.replaceChildren(...onceShown(made));
    onOpened();
  };
  return el(
    'form',
    { class: 'stack intake-form', on: { submit } },
    labelled(el('b'), 'systems.new_intake'),
    el('label', {}, labelled(el('span'), 'systems.name'), name),
    el('label', {}, labelled(el('span'), 'report.class'), klass),
    el('label', { class: 'line' }, exercise, labelled(el('span'), 'systems.exercise')),
    open,
    shown,
  );
}

function onceShown({ intake, secret, sample }) {
  const line = (key, text) =>
    el('label', {}, labelled(el('span'), key), el('input', { readonly: true, value: text, class: 'num' }));
  const body = el('textarea', { readonly: true, rows: 8 }, JSON.stringify(sample, null, 1));
  return [
    line('systems.address', `${location.origin}${intake.path}`),
    line('systems.secret', secret),
    el('label', {}, labelled(el('span'), 'systems.sample'), body),
  ];
}
