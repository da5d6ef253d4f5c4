import type { RateLimit } from "../rate-window.ts";

/** Cost units in a rolling stretch of time. Refused requests do not count. */
class CostWindow {
  #spent: { readonly at: number; readonly units: number }[] = [];

  fits(now: number, limit: RateLimit, units: number): boolean {
    this.#spent = this.#spent.filter(({ at }) => at > now - limit.perMs);
    return this.#spent.reduce((sum, entry) => sum + entry.units, units) <= limit.requests;
  }

  spend(now: number, units: number): void {
    const latest = this.#spent.at(-1);
    if (latest?.at === now) this.#spent[this.#spent.length - 1] = { at: now, units: latest.units + units };
    else this.#spent.push({ at: now, units });
  }
}

/** The windows of all users and projects. */
export class QuotaWindows {
  readonly #windows = new Map<string, CostWindow>();

  /** Spends the units in both windows, or says which of them is full. */
  admit(
    now: number,
    units: number,
    keys: { readonly user: string; readonly project: string },
    limits: { readonly perUser: RateLimit; readonly perProject: RateLimit },
  ): "user" | "project" | undefined {
    const [user, project] = [this.#window(`${keys.project} ${keys.user}`), this.#window(keys.project)];
    if (!user.fits(now, limits.perUser, units)) return "user";
    if (!project.fits(now, limits.perProject, units)) return "project";
    user.spend(now, units);
    project.spend(now, units);
    return undefined;
  }

  #window(key: string): CostWindow {
    const window = this.#windows.get(key) ?? new CostWindow();
    this.#windows.set(key, window);
    return window;
  }
}
