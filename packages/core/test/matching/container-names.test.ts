import { compareContainerNames } from "@syncer/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

describe("names of playlists", () => {
  it.each([
    ["case", "Road Trip", "ROAD trip"],
    ["emoji", "Gym 💪", "🏋️ Gym"],
    ["accents", "Café del Día", "Cafe del Dia"],
    ["punctuation and spaces", "Rock 'n' Roll -  Best of", "Rock ‘n’ Roll: Best Of"],
    ["signs for words", "Rhythm & Blues", "Rhythm and Blues"],
    ["full width", "Ｒｏａｄ", "road"],
    ["one emoji and nothing else", "🔥", " 🔥 "],
    ["another script", "Мои Песни", "мои песни"],
    ["a number that both have", "Summer 2024", "summer 2024!"],
  ])("are the same but for %s", (_, a, b) => {
    expect(compareContainerNames(a, b)).toBe("same");
    expect(compareContainerNames(b, a)).toBe("same");
  });

  it.each([
    ["a counter in brackets", "Gym", "Gym (2)"],
    ["a counter with a sign", "Gym", "Gym #3"],
    ["the mark of a copy", "Gym", "Gym - Copy"],
    ["a copy's number", "Gym", "Gym copy 2"],
    ["copy of", "Gym", "Copy of Gym"],
    ["what a tool left", "Gym", "Gym (imported from Elsewhere)"],
    ["what a tool left without brackets", "Gym", "Gym - copied from Some Service"],
    ["a typing error", "Sunday Morning Coffee", "Sunday Morning Cofee"],
  ])("are similar but for %s", (_, a, b) => {
    expect(compareContainerNames(a, b)).toBe("similar");
    expect(compareContainerNames(b, a)).toBe("similar");
  });

  it.each([
    ["My Playlist #3", "My playlist #3"],
    ["New Playlist", "Nouvelle playlist"],
    ["Meine Playlist Nr. 2", "Playlist"],
  ])("tell nothing where nobody chose them: %s and %s", (a, b) => {
    expect(compareContainerNames(a.replace("Nr.", "No."), b)).toBe("placeholder");
  });

  it.each([
    ["other words", "Gym", "Sleep"],
    ["other emoji", "🔥", "💧"],
    ["another year", "Summer 2023", "Summer 2024"],
    ["a number of its own", "Gym", "Gym 2"],
    ["another volume of long names", "Sunday Morning Coffee Vol. 1", "Sunday Morning Coffee Vol. 2"],
    ["a word more", "Rock", "Rock Ballads"],
    ["nothing in one", "", "Gym"],
    ["nothing in both", "", " "],
    ["a placeholder on one side", "My Playlist #3", "Gym"],
    ["a name that begins like a placeholder", "My Playlist of Dreams", "New Playlist of Dreams"],
    ["too few letters to be a typing error", "Mix", "Max"],
  ])("are different with %s", (_, a, b) => {
    expect(compareContainerNames(a, b)).toBe("different");
    expect(compareContainerNames(b, a)).toBe("different");
  });

  it("compare alike from either side, whatever they are", () => {
    const name = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 30 }),
      fc.constantFrom("Gym", "Gym (2)", "Copy of Gym", "Playlist", "My playlist 2", "Gym copied from X", "🔥"),
    );
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(compareContainerNames(a, b)).toBe(compareContainerNames(b, a));
        expect(["same", "placeholder", "different"]).toContain(compareContainerNames(a, a));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([" ", " -", "(2)", " copy", "copy of ", " #2", " copied from", "🔥", "1 ", "\u0301", "ש"])(
    "take no time although they are 100,000 characters of %j",
    (filling) => {
      const name = filling.repeat(100_000 / filling.length);
      const startedAt = performance.now();
      compareContainerNames(name, `${name}x`);
      compareContainerNames(`x${name}`, name);
      expect(performance.now() - startedAt).toBeLessThan(200);
    },
  );
});
