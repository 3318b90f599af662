export { default } from '../../../../../local/service/plugin.ts';
