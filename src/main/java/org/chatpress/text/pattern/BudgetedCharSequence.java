package org.chatpress.text.pattern;

/**
 * Words for a regular expression, which may look at so many characters and at no more. A slow expression looks at the
 * same ones again and again, so this ends it, after the same step on every machine.
 */
final class BudgetedCharSequence implements CharSequence {
    private final String text;
    private final Budget budget;

    BudgetedCharSequence(String text, Budget budget) {
        this.text = text;
        this.budget = budget;
    }

    /** How many characters may yet be looked at. */
    static final class Budget {
        private long left;

        Budget(long characters) {
            left = characters;
        }

        private void spend() {
            if (left-- <= 0) {
                throw new SpentException();
            }
        }
    }

    /** The budget is spent. */
    static final class SpentException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SpentException() {
            super("the expression looked at too many characters", null, false, false);
        }
    }

    @Override
    public char charAt(int index) {
        budget.spend();
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
