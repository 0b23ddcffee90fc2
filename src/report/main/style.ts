/** Style of the main report, after that of all pages. */
export const mainStyle = `
.contents { padding-left: 1.1rem; }
.contents li { margin: .5rem 0; }
.fairness > li { margin: .9rem 0; }
.fairness ul { margin: .25rem 0 0; padding-left: 1.1rem; color: var(--quiet); font-size: .92rem; }
.asked { margin: 0 0 .75rem; font-size: 1.1rem; font-weight: 600; }
section { scroll-margin-top: 1rem; }
section .headline { font-size: 1rem; }
`;
