/** One account that a person can sign in with on the consent page. */
interface ConsentAccount {
  readonly id: string;
  readonly name: string;
}

export interface ConsentPage {
  readonly service: string;
  readonly appName: string;
  readonly permissions: readonly string[];
  readonly accounts: readonly ConsentAccount[];
}

/**
 * The page on which a person chooses an account and allows or denies. Its form posts `user` and `decision` (`allow` or
 * `deny`) to the page's own address, query included, so that a script can do the same.
 */
export function consentPage(page: ConsentPage): Response {
  const options = page.accounts
    .map(({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`)
    .join("");
  const permissions = page.permissions.map((permission) => `<li>${escapeHtml(permission)}</li>`).join("");
  return html(
    `Sign in to ${page.service} (sandbox)`,
    `<h1>${escapeHtml(page.service)} <small>(sandbox)</small></h1>
<p><strong>${escapeHtml(page.appName)}</strong> asks for:</p><ul>${permissions}</ul>
<form method="post" action=""><label>Account <select name="user">${options}</select></label>
<button name="decision" value="allow">Agree</button> <button name="decision" value="deny">Cancel</button></form>`,
  );
}

/** A page that only says why nothing can go on. */
export function errorPage(text: string, status = 400): Response {
  return html("Error", `<p>${escapeHtml(text)}</p>`, status);
}

function html(title: string, body: string, status = 200): Response {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:10vh auto;padding:0 1rem;overflow-wrap:anywhere}</style><body>${body}</body></html>`;
  return new Response(page, { status, headers: { "content-type": "text/html; charset=utf-8" } });
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
