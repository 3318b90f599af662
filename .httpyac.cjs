/* requests.http names what earlier requests were answered as the REST Client does; to httpYac a name is the body. */
const REFERENCE = /\{\{(\w+)\.response\.body\.\$\./g;

module.exports = {
  configureHooks: ({ hooks }) => {
    const asHttpYac = (text) => (typeof text === 'string' ? text.replaceAll(REFERENCE, '{{$1.') : text);
    hooks.replaceVariable.addHook('answers', asHttpYac, { before: ['name'] });
  },
};
