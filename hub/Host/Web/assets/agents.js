// @ts-check
// Adopting an unclaimed device: one call, then the page again.
for (const form of document.querySelectorAll('form.adopt')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const slug = /** @type {HTMLInputElement} */ (form.querySelector('input')).value;
    const response = await fetch(`/v1/agents/${/** @type {HTMLElement} */ (form).dataset.agent}:adopt`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ slug }) });
    if (response.ok) { location.reload(); return; }
    const problem = await response.json().catch(() => ({}));
    /** @type {HTMLOutputElement} */ (form.querySelector('output')).textContent = problem.message ?? `HTTP ${response.status}`;
  });
}
